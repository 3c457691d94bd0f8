export const dataFolder = {
  title: 'Data folder',
  place: 'Everything is kept in',
  unknown: 'It is not known where the data folder is. Try again.',
  move: 'Move it',
  moveText:
    'To another folder or disk. While the database is copied, calls are refused and apps try again; then the console begins anew.',
  named:
    'The console was started with this folder (--data-dir or LLMOPS_DATA_DIR). Start it without to move the folder here.',
  choose: 'Choose a folder…',
  moveTitle: 'Move the data folder',
  moveAsk:
    'Everything is copied and compared: up to {needs}; {free} are free there. Then the console begins anew in the new folder. The old one stays until you remove it.',
  start: 'Move',
  phases: {
    files: 'Copying archives, backups and other files…',
    database: 'Copying the database; no calls come in meanwhile…',
    checking: 'Checking the copy of the database…',
  },
  progress: '{done} of {total}',
  done: 'Everything is in the new folder. The console begins anew…',
  restarting: 'The console begins anew in the old folder.',
  failed: {
    same: 'The data are in this folder already.',
    inside: 'A folder cannot be moved into itself, nor into one that it is in. Choose another.',
    'not-empty': 'There is something in this folder already. Choose an empty one.',
    'not-allowed': 'This folder cannot be written to. Choose another. All is as it was.',
    'disk-full': 'There is too little space: {needs} are needed, {free} are free. All is as it was.',
    named: 'The console was started with a folder of its own. Start it without --data-dir first.',
    other: 'The data could not be moved; the log says more. All is as it was.',
  },
  old: 'The old data folder',
  oldText: 'A copy from before the move is still in {folder}.',
  keepOld: 'Keep it',
  removeOld: 'Remove it',
  notRemoved: 'The old folder is in use, or has changed since the move. It stays.',
}
