/**
 * An X display without a screen (Xvfb), for machines that have none: servers, containers, CI. Xvfb picks a free
 * number itself, so several can run at once. We start it directly rather than through xvfb-run, which swallows
 * signals and leaves Xvfb behind when it is killed.
 */
import { startBoundProcess } from './bound-process.ts'

export interface VirtualDisplay {
  /** The value for DISPLAY, `:99`. */
  display: string
  stop: () => Promise<void>
}

export interface VirtualDisplayOptions {
  width?: number
  height?: number
}

export async function startVirtualDisplay({
  width = 1600,
  height = 1000,
}: VirtualDisplayOptions = {}): Promise<VirtualDisplay> {
  const screen = ['-screen', '0', `${width}x${height}x24`]
  const server = await startBoundProcess('Xvfb', ['-displayfd', '3', ...screen, '-nolisten', 'tcp'], {
    announces: true,
  })
  return { display: `:${server.announcement.trim()}`, stop: server.stop }
}
