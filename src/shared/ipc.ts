/**
 * The one message between window and main process that is not a procedure call: it hands over the port on which
 * all procedure calls travel.
 */
export const CONNECT_MESSAGE = 'llmops:connect'
