import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod';
import type { ProblemFinding } from '../workflows/domain/problem-findings.ts';

/**
 * One thing that is wrong with a request: where, what, and what to do about it. What a check found has its `code`, and
 * what goes with it, as the check has.
 */
export type FieldError = {
  path: string;
  message: string;
  remedy: string;
  code?: string | undefined;
  detail?: string | undefined;
  because?: ProblemFinding | undefined;
};

const TYPES = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'in-progress': 409,
  'idempotency-conflict': 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'invalid-fields': 422,
  'checks-failed': 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ProblemType = keyof typeof TYPES;

/** A refusal that the caller is told as it is; thrown by routes, answered by the error handler. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly statusCode: number;
  readonly errors: FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: ProblemType,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.type = type;
    this.statusCode = TYPES[type];
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = (what: string) => new Problem('not-found', `There is no such ${what}`);

/** A refusal because of one field. */
export const invalidField = (path: string, message: string, remedy: string) =>
  new Problem('invalid-fields', message, { errors: [{ path, message, remedy }] });

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const body = {
    type: `urn:parley:problem:${problem.type}`,
    title: STATUS_CODES[problem.statusCode] ?? 'Error',
    status: problem.statusCode,
    detail: problem.message,
    ...(problem.errors ? { errors: problem.errors } : {}),
  };
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

/** Every error of the server becomes a problem document; what is not the caller's fault says nothing of its cause. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error, request);
    if (problem.statusCode >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, notFound('address')));
}

function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return refuseFields(error, request);
  const { statusCode } = error as Partial<FastifyError>;
  if (statusCode === 413) return new Problem('too-large', 'The body is too large');
  if (statusCode === 415) return new Problem('unsupported-media-type', 'Send JSON, as application/json');
  if (statusCode === 400) return new Problem('invalid-request', 'The body is not the JSON that it should be');
  if (isUnavailable(error)) return new Problem('unavailable', 'The database is not reachable; try again in a moment');
  return new Problem('internal', 'Something failed on our side');
}

/** Codes of a database or network that is away, and how the driver says so where it has no code for it. */
const AWAY_CODE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|57P|08)/;
const AWAY_MESSAGE = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Nothing was changed, or the answer was lost. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? AWAY_CODE.test(code) : AWAY_MESSAGE.test(error.message);
}

type Refused = { validation: ZodFastifySchemaValidationError[]; validationContext?: string };

function refuseFields(error: Refused, request: FastifyRequest): Problem {
  const { validation, validationContext } = error;
  if (validationContext === 'params') return notFound('address');
  const isBodyMissing = validationContext === 'body' && request.body === undefined;
  const errors = validation.flatMap((issue) => describeIssue(issue, isBodyMissing));
  if (validationContext === 'body') return new Problem('invalid-fields', 'Some fields are not right', { errors });
  return new Problem('invalid-request', `Something in the ${validationContext ?? 'request'} is not right`, { errors });
}

function describeIssue(issue: ZodFastifySchemaValidationError, withoutBody: boolean): FieldError[] {
  const path = issue.instancePath.split('/').filter(Boolean).join('.');
  const params = issue.params as { keys?: unknown; values?: unknown; expected?: unknown };
  if (Array.isArray(params.keys)) {
    return params.keys.map((key) => ({
      path: [path, String(key)].filter(Boolean).join('.'),
      message: 'This key is not known',
      remedy: 'Leave it out, or look up its spelling at /docs',
    }));
  }
  if (withoutBody) return [{ path, message: 'The body is missing', remedy: 'Send JSON, as application/json' }];
  return [{ path, message: issue.message ?? 'This value is not right', remedy: remedyOf(params) }];
}

function remedyOf({ values, expected }: { values?: unknown; expected?: unknown }): string {
  if (Array.isArray(values)) return `Use one of: ${values.map(String).join(', ')}`;
  if (typeof expected === 'string') return `Send a value of type ${expected}`;
  return 'Correct the value; /docs describes it';
}
