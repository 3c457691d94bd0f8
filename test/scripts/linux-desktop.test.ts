import { expect, test } from 'vitest'
import { parseLdd } from '../../scripts/linux-desktop.ts'

test('ldd names the libraries that are missing', () => {
  const output = '\tlinux-vdso.so.1 (0x1)\n\tlibnss3.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n'
  expect(parseLdd(output)).toEqual(['libnss3.so'])
})
