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

/** What the refusal says of each field that it names: all that is wrong with it, then what to do. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const found = Map.groupBy(problemOf(error)?.errors ?? [], ({ path }) => path);
  return Object.fromEntries(
    [...found].map(([path, errors]) => {
      const sentences = [...errors.map(({ message }) => message), ...errors.map(({ remedy }) => remedy)];
      return [path, [...new Set(sentences)].join('. ')];
    }),
  );
}
