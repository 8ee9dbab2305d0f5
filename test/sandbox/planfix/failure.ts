/**
 * A refusal as Planfix words it: `{ result: 'fail', code, error }`. Which status goes with which code depends on the
 * method (Planfix REST: errors), so the place that refuses states both.
 */
export class PlanfixFailure extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.name = 'PlanfixFailure';
    this.status = status;
    this.code = code;
  }
}

export function failureBody(code: number, error: string): { result: 'fail'; code: number; error: string } {
  return { result: 'fail', code, error };
}
