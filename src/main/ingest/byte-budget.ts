/** Memory that many take from and give back to. */
export class ByteBudget {
  readonly limitBytes: number
  #takenBytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get takenBytes(): number {
    return this.#takenBytes
  }

  /** @returns whether there was room for it. */
  take(sizeBytes: number): boolean {
    if (this.#takenBytes + sizeBytes > this.limitBytes) return false
    this.#takenBytes += sizeBytes
    return true
  }

  giveBack(sizeBytes: number): void {
    this.#takenBytes -= sizeBytes
  }
}
