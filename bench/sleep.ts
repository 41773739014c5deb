/** A pause of so many ms. */
export const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))
