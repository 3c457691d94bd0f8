import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'llmops-console.desktop'

/**
 * Whether Linux desktops start the console at login: they run what the files of this folder say (XDG Autostart
 * Specification).
 *
 * @param configDir `$XDG_CONFIG_HOME`, or `~/.config`.
 */
export function isInAutostart(configDir: string): boolean {
  try {
    const entry = readFileSync(join(configDir, 'autostart', NAME), 'utf8')
    // A desktop's own settings switch an entry off by this line.
    return !/^(?:Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(entry)
  } catch {
    return false
  }
}

/** @param command the program and its arguments. */
export function addToAutostart(configDir: string, command: readonly string[]): void {
  mkdirSync(join(configDir, 'autostart'), { recursive: true })
  const entry = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=LLMOps Console',
    `Exec=${command.map(quote).join(' ')}`,
    'Icon=llmops-console',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
  ]
  writeFileSync(join(configDir, 'autostart', NAME), `${entry.join('\n')}\n`)
}

export function removeFromAutostart(configDir: string): void {
  rmSync(join(configDir, 'autostart', NAME), { force: true })
}

/** As the Desktop Entry Specification quotes arguments, and then escapes the value and its field codes. */
function quote(argument: string): string {
  const plain = /^[\w@+=:,./-]+$/.test(argument)
  const quoted = plain ? argument : `"${argument.replace(/["`$\\]/g, '\\$&')}"`
  return quoted
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    .replace(/[\r\n]/g, ' ')
}
