import createFetchClient, { type Middleware } from 'openapi-fetch';
import createClient from 'openapi-react-query';
import { queryClient } from './query-client.ts';
import type { components, paths } from './schema.generated.ts';

export type Schemas = components['schemas'];

type Reading<Answer> = { get: { responses: { 200: { content: { 'application/json': Answer } } } } };
/** What a path answers when it is read. */
export type AnswerOf<Path extends keyof paths> = paths[Path] extends Reading<infer Answer> ? Answer : never;
type Creating<Body> = { post: { requestBody: { content: { 'application/json': Body } } } };
/** What a path takes when something is created. */
export type BodyOf<Path extends keyof paths> = paths[Path] extends Creating<infer Body> ? Body : never;

export const SESSION_KEY = ['get', '/v1/session'] as const;

/** Every write says what the session answered, so that no other site can write in the operator's name. */
const protect: Middleware = {
  onRequest: ({ request }) => {
    const [session] = queryClient.getQueriesData<Schemas['Session']>({ queryKey: SESSION_KEY });
    const csrfToken = session?.[1]?.csrfToken;
    if (csrfToken !== undefined && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
};

/** Calls of Parley's API, typed from its OpenAPI document; `problemOf` reads what a refusal says. */
export const fetchApi = createFetchClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
fetchApi.use(protect);

/** The same calls as queries and mutations. */
export const api = createClient(fetchApi);
