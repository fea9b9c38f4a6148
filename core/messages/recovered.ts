/** Said before the name of a message that its source did not send, and that was found by asking for it or by a comparison. */
export const RECOVERED = "recovered ";
