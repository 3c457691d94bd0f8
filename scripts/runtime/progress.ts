/** Progress of a download on stderr: a bar on a terminal, a line for every tenth elsewhere (CI logs). */
const megabyte = 1e6
const barWidth = 30
const redrawMs = 100

export interface Progress {
  advance(sizeBytes: number): void
  end(): void
}

export function startProgress(
  label: string,
  totalBytes: number | undefined,
  startBytes = 0,
  out: NodeJS.WriteStream = process.stderr,
): Progress {
  let doneBytes = startBytes
  let shownTenth = totalBytes ? Math.floor((10 * startBytes) / totalBytes) : 0
  let drawnAt = 0
  const draw = () => {
    out.write(`\r${progressLine(label, doneBytes, totalBytes)}`)
    drawnAt = Date.now()
  }
  return {
    advance(sizeBytes) {
      doneBytes += sizeBytes
      if (out.isTTY) {
        if (Date.now() - drawnAt >= redrawMs) draw()
      } else if (totalBytes) {
        const tenth = Math.floor((10 * doneBytes) / totalBytes)
        if (tenth > shownTenth) out.write(`${label}: ${tenth * 10} %\n`)
        shownTenth = tenth
      }
    },
    end() {
      if (!out.isTTY) return
      draw()
      out.write('\n')
    },
  }
}

function progressLine(label: string, doneBytes: number, totalBytes: number | undefined): string {
  const done = (doneBytes / megabyte).toFixed(0)
  if (!totalBytes) return `${label}: ${done} MB`
  const part = Math.min(1, doneBytes / totalBytes)
  const bar = '█'.repeat(Math.round(part * barWidth)).padEnd(barWidth, '░')
  return `${label} ${bar} ${(part * 100).toFixed(0).padStart(3)} %  ${done}/${(totalBytes / megabyte).toFixed(0)} MB`
}
