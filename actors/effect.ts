/**
 * Declares an effect by name and by the shape of its parameters, with nothing to run.
 * A machine says what should happen; the host that runs the machine makes it happen (D-6).
 */
export const effect =
  <Params>() =>
  (_args: unknown, _params: Params): void => {}
