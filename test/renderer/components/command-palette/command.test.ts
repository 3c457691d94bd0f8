import { expect, test } from 'vitest'
import type { Command } from '../../../../src/renderer/components/command-palette/command.ts'
import { findCommands } from '../../../../src/renderer/components/command-palette/command.ts'

const command = (group: Command['group'], title: string, ...names: string[]): Command => ({
  id: `${group} ${title}`,
  group,
  title,
  names,
  run: () => undefined,
})
const COMMANDS = [
  command('calls', 'sample-1', 'dashboard-bot gpt-4o'),
  command('pages', '概览', 'Dashboard'),
  command('pages', '费用', 'Costs'),
  command('actions', '主题：深色', 'Theme: dark'),
]
const titles = (typed: string) =>
  findCommands(COMMANDS, typed).map(({ group, commands }) => [group, ...commands.map(({ title }) => title)])

test('while nothing is typed the groups stand in their order', () => {
  expect(titles(' ')).toEqual([
    ['pages', '概览', '费用'],
    ['actions', '主题：深色'],
    ['calls', 'sample-1'],
  ])
})

test('a command is found by its name in either language', () => {
  expect(titles('theme')).toEqual([['actions', '主题：深色']])
  expect(titles('主题')).toEqual([['actions', '主题：深色']])
})

test('the group with the best match comes first', () => {
  expect(titles('dashboard')).toEqual([
    ['pages', '概览'],
    ['calls', 'sample-1'],
  ])
  expect(titles('sample')).toEqual([['calls', 'sample-1']])
})

test('one group does not push the others out', () => {
  const many = Array.from({ length: 50 }, (_, index) => command('calls', `call ${index}`))
  const [pages, calls] = findCommands([...many, command('pages', 'Calls')], '')
  expect(pages?.commands).toHaveLength(1)
  expect(calls?.commands).toHaveLength(7)
})
