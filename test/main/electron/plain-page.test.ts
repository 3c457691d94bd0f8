import { expect, test } from 'vitest'
import { plainPage } from '../../../src/main/electron/plain-page.ts'

test('what it says is text, and nothing in it runs', () => {
  const page = plainPage({
    language: 'en',
    title: '<b>It failed</b>',
    paragraphs: ['in "C:\\logs" & elsewhere'],
    link: { href: 'app://console/index.html', label: 'Again' },
    isDark: true,
  })
  expect(page).toContain('&lt;b&gt;It failed&lt;/b&gt;')
  expect(page).toContain('&quot;C:\\logs&quot; &amp; elsewhere')
  expect(page).toContain('href="app://console/index.html"')
  expect(page).not.toMatch(/<script|<style|\son\w+=/)
})
