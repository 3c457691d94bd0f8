import type { Shell, SnippetContext } from './snippet.ts'

/** Lines that set variables for the programs that are started after them. */
export function setVariables(shell: Shell, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      shell === 'sh' ? `export ${name}=${quote(value)}` : `$env:${name} = ${alwaysQuote(shell, value)}`,
    )
    .join('\n')
}

/** In PowerShell 5, "curl" without its ending is something else. */
export function curl(shell: Shell): string {
  return shell === 'sh' ? 'curl' : 'curl.exe'
}

/** Commands that download client files from the collector, and leave nothing behind where that fails. */
export function downloadCommands(
  { url, token, shell }: SnippetContext,
  files: readonly { path: string; target?: string }[],
): string {
  const authorization = token === null ? [] : [`-H ${alwaysQuote(shell, `Authorization: Bearer ${token}`)}`]
  return files
    .map(({ path, target }) =>
      [
        `${curl(shell)} -f`,
        ...authorization,
        target === undefined ? '-O' : `--create-dirs -o ${target}`,
        `${url}/sdk/${path}`,
      ].join(' '),
    )
    .join('\n')
}

/** Text that no shell changes: within single quotes nothing has a meaning but the quote itself. */
export function alwaysQuote(shell: Shell, text: string): string {
  return `'${text.replaceAll("'", shell === 'sh' ? `'\\''` : "''")}'`
}

function quote(text: string): string {
  return /^[\w.:/%=@-]+$/.test(text) ? text : alwaysQuote('sh', text)
}
