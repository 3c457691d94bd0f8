import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../../../scripts/failure.ts'
import { downloadVerified } from '../../../scripts/runtime/download.ts'
import { localServer } from '../local-server.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const content = Buffer.from('the bytes that were published '.repeat(1_000))
const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`

test('a file with the expected hash is put in place, and nothing else is left', async () => {
  const url = await localServer((_, response) => response.end(content))
  const folder = temporaryFolder()
  await downloadVerified({ url, integrity, destination: join(folder, 'sub', 'file.tgz'), label: 'file' })
  expect(readFileSync(join(folder, 'sub', 'file.tgz'))).toEqual(content)
  expect(readdirSync(join(folder, 'sub'))).toEqual(['file.tgz'])
})

test('a file with another hash is refused with both hashes, and removed', async () => {
  let requests = 0
  const url = await localServer((_, response) => {
    requests += 1
    response.end('something else')
  })
  const folder = temporaryFolder()
  const download = downloadVerified({ url, integrity, destination: join(folder, 'file.tgz'), label: 'file' })
  await expect(download).rejects.toThrow(Failure)
  await expect(download).rejects.toThrow(/not the one expected[^]*expected sha512-[^]*got {6}sha512-/)
  expect(readdirSync(folder)).toEqual([])
  expect(requests).toBe(1)
})

test('a broken download goes on where it broke off', async () => {
  const ranges: (string | undefined)[] = []
  const url = await localServer((request, response) => {
    ranges.push(request.headers.range)
    if (request.headers.range === undefined) {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 10_000), () => setTimeout(() => response.destroy(), 50))
      return
    }
    const start = Number(/\d+/.exec(request.headers.range)?.[0])
    response.writeHead(206, { 'content-length': content.length - start }).end(content.subarray(start))
  })
  const destination = join(temporaryFolder(), 'file.tgz')
  await downloadVerified({ url, integrity, destination, label: 'file' })
  expect(ranges).toEqual([undefined, 'bytes=10000-'])
  expect(readFileSync(destination)).toEqual(content)
})

test('what an earlier run left is used, or begun anew where the server cannot continue', async () => {
  const url = await localServer((_, response) => response.end(content))
  const destination = join(temporaryFolder(), 'file.tgz')
  writeFileSync(`${destination}.partial`, content.subarray(0, 500))
  await downloadVerified({ url, integrity, destination, label: 'file' })
  expect(readFileSync(destination)).toEqual(content)
})

test('a server that says no is not asked again', async () => {
  let requests = 0
  const url = await localServer((_, response) => {
    requests += 1
    response.writeHead(404).end()
  })
  const destination = join(temporaryFolder(), 'file.tgz')
  await expect(downloadVerified({ url, integrity, destination, label: 'file' })).rejects.toThrow(
    /answered 404/,
  )
  expect(requests).toBe(1)
  expect(existsSync(destination)).toBe(false)
})
