import type { ProcessUser } from '../bound-process.ts'

/** The user `nobody` of all Linux systems. */
const NOBODY: ProcessUser = { uid: 65_534, gid: 65_534 }

/** Whom root starts the application as, so that it is sandboxed; everybody else starts it as themselves. */
export function unprivilegedUser(): ProcessUser | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}
