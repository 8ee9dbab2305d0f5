/** A refusal (RFC 9457), as every route answers it. */
export type ApiProblem = {
  title: string;
  status: number;
  detail?: string;
  errors?: { path: string; message: string; remedy: string }[];
};

/** What a failed call says, in the API's words; undefined: the network failed, and nothing was said. */
export function problemOf(error: unknown): ApiProblem | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('title' in error)) return undefined;
  return error as ApiProblem;
}

/** What the refusal says of each field that it names. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const found = problemOf(error)?.errors ?? [];
  return Object.fromEntries(found.map(({ path, message, remedy }) => [path, `${message}. ${remedy}`]));
}
