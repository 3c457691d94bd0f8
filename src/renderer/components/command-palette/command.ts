import { fuzzyScore } from './fuzzy-score.ts'

/** In the order in which they stand while nothing is typed. */
export const COMMAND_GROUPS = ['pages', 'actions', 'settings', 'filters', 'calls'] as const

/** Something that the palette leads to or does. */
export interface Command {
  id: string
  group: (typeof COMMAND_GROUPS)[number]
  /** In the language on screen, or a name from outside. */
  title: string
  isName?: boolean
  /** What else it is found by: its title in the other language. */
  names?: readonly string[]
  /** Said beside it. */
  note?: string
  run: () => void
}

export interface CommandGroup {
  group: Command['group']
  commands: Command[]
}

/** What one group shows at most while nothing is typed, and while something is. */
const SHOWN = 7
const SHOWN_FOUND = 12

/** The commands that what is typed fits, the best first, in their groups, of which the one with the best is first. */
export function findCommands(commands: readonly Command[], typed: string): CommandGroup[] {
  const isIdle = typed.trim() === ''
  const found = commands.flatMap((command) => {
    const scores = [command.title, ...(command.names ?? [])].flatMap((name) => fuzzyScore(typed, name) ?? [])
    return scores.length > 0 ? [{ command, score: isIdle ? 0 : Math.max(...scores) }] : []
  })
  found.sort((one, other) => other.score - one.score)
  const groups = COMMAND_GROUPS.flatMap((group) => {
    const own = found.filter(({ command }) => command.group === group)
    const [best] = own
    if (!best) return []
    const shown = own.slice(0, isIdle ? SHOWN : SHOWN_FOUND).map(({ command }) => command)
    return [{ group, commands: shown, score: best.score }]
  })
  groups.sort((one, other) => other.score - one.score)
  return groups.map(({ group, commands: shown }) => ({ group, commands: shown }))
}
