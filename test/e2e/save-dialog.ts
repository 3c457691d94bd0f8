import type { ElectronApplication } from '@playwright/test'

/** Answers the system's dialog from now on: with the proposed name in a folder, or by cancelling. */
export async function answerSaveDialog(app: ElectronApplication, folder: string | null): Promise<void> {
  await app.evaluate(({ dialog }, answer) => {
    const asked: string[] = []
    Reflect.set(globalThis, 'proposed', asked)
    Reflect.set(dialog, 'showSaveDialog', async (...args: { defaultPath?: string }[]) => {
      const name = (args.at(-1)?.defaultPath ?? '').split(/[\\/]/).at(-1) ?? ''
      asked.push(name)
      return answer === null
        ? { canceled: true, filePath: '' }
        : { canceled: false, filePath: `${answer}/${name}` }
    })
  }, folder)
}
