/**
 * What passes between window and main process that is no procedure call. The first hands over the port on which all
 * procedure calls travel.
 */
export const CONNECT_MESSAGE = 'llmops:connect'
/** Where a file lies that the user has dropped on the page. */
export const DROP_MESSAGE = 'llmops:drop'
