import i18next from 'i18next';
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

const SESSION_PATH = '/v1/session';
export const SESSION_KEY = ['get', SESSION_PATH] as const;
export const readSessionAnew = () => queryClient.invalidateQueries({ queryKey: SESSION_KEY });

/**
 * Sentences are wanted in the language of the console, whatever the browser speaks. Every write says what the session
 * answered, so that no other site can write in the operator's name.
 */
const introduce: Middleware = {
  onRequest: ({ request }) => {
    request.headers.set('Accept-Language', i18next.language);
    const [session] = queryClient.getQueriesData<Schemas['Session']>({ queryKey: SESSION_KEY });
    const csrfToken = session?.[1]?.csrfToken;
    if (csrfToken !== undefined && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
};

const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** The session has ended, or is another one: it is asked for anew, and whoever shows a page is led to the sign-in. */
const notice: Middleware = {
  onResponse: ({ schemaPath, response }) => {
    if (schemaPath !== SESSION_PATH && REFUSALS.has(response.status)) void readSessionAnew();
  },
};

/** Calls of Parley's API, typed from its OpenAPI document; `problemOf` reads what a refusal says. */
export const fetchApi = createFetchClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
fetchApi.use(introduce, notice);

/** The same calls as queries and mutations. */
export const api = createClient(fetchApi);
