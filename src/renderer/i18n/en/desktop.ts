export const desktop = {
  pause: 'Pause collecting',
  resume: 'Resume collecting',
  pauseFailed: 'The collector did not answer. Try again.',
  pausedTitle: 'Collecting is paused',
  pausedText:
    'Since {time} apps that send calls are told to try again later, and calls through the proxy pass without being recorded. It goes on when you resume it, or with the next start.',
}
