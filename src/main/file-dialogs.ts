/** Ways in which the user names files: nothing else may. Each gives undefined if the user does not. */
export interface FileDialogs {
  /** @param file what the dialog proposes. */
  saveFile(file: { name: string; ending: string }): Promise<string | undefined>
  /** @param endings what it shows; none: any. */
  openFile(endings: readonly string[]): Promise<string | undefined>
  chooseFolder(): Promise<string | undefined>
  /** The file that the user opened with the console where files are; given once. */
  openedFile(): string | undefined
  /** The file that the user has dropped on the window, once. */
  droppedFile(): Promise<string | undefined>
}
