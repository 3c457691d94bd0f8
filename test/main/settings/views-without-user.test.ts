import { expect, test } from 'vitest'
import { viewsWithoutUser } from '../../../src/main/settings/views-without-user.ts'

const view = (id: string, name: string, address: string) => ({ id, name, address, columns: null })

test('views that name a forgotten user go, by their filters or by what they are called', () => {
  const views = [
    view('own', 'Errors', 'range=24h&status=error'),
    view('filter', 'One user', 'userId=%E7%8E%8B%E8%8A%B3'),
    view('name', 'Calls of ann-lee', 'range=1h'),
    view('search', 'Search', 'q=from+ann-lee'),
    view('part', 'Anna', 'app=an'),
  ]
  const left = (userId: string) => viewsWithoutUser(views, userId).map(({ id }) => id)
  expect(left('王芳')).toEqual(['own', 'name', 'search', 'part'])
  expect(left('ann-lee')).toEqual(['own', 'filter', 'part'])
  // A short name may be a part of any word.
  expect(left('an')).toEqual(['own', 'filter', 'name', 'search'])
})
