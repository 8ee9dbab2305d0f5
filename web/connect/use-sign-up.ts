import { useEffect, useRef, useState } from 'react';
import { api, fetchApi, type Schemas } from '../api/client.ts';
import { isMetaOrigin } from './meta-origin.ts';
import { type FinishMessage, loadMetaSdk, type MetaSdk, readFinish } from './sign-up-sdk.ts';

type Started = Schemas['StartedEmbeddedSignup'];
/** How the window ended, as far as the browser was told. */
export type WindowEnd = { kind: 'cancelled'; data: Record<string, unknown> } | { kind: 'closed' };

const LOOK_EVERY_MS = 1_000;

type Wanted = { metaAppId: string; road: 'new-number' | 'business-app'; sdkUrl: string };
type Prepared =
  | { kind: 'not-yet' }
  | { kind: 'ready'; sdk: MetaSdk; started: Started }
  | { kind: 'blocked' }
  | { kind: 'failed'; error: unknown };

/** SDK and signup, ready before the click: browsers block a window that opens later. Each round is a new signup. */
function usePrepared({ metaAppId, road, sdkUrl }: Wanted, round: number): Prepared {
  const [prepared, setPrepared] = useState<Prepared>({ kind: 'not-yet' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round is a signup of its own
  useEffect(() => {
    let isGone = false;
    setPrepared({ kind: 'not-yet' });
    void prepare({ metaAppId, road, sdkUrl })
      .catch((error: unknown) => ({ kind: 'failed', error }) as const)
      .then((found) => {
        if (!isGone) setPrepared(found);
      });
    return () => {
      isGone = true;
    };
  }, [metaAppId, road, sdkUrl, round]);
  return prepared;
}

async function prepare({ metaAppId, road, sdkUrl }: Wanted): Promise<Prepared> {
  const sdk = await loadMetaSdk(sdkUrl).catch(() => undefined);
  if (sdk === undefined) return { kind: 'blocked' };
  const { data, error } = await fetchApi.POST('/v1/embedded-signups', { body: { metaAppId, road } });
  if (data === undefined) return { kind: 'failed', error };
  sdk.init({ appId: data.appId, autoLogAppEvents: true, xfbml: true, version: data.graphVersion });
  return { kind: 'ready', sdk, started: data };
}

/**
 * The window of Meta; code and finish message are passed on as they come, in whatever order. The next sign-up is made
 * ready as soon as the window closes, so that one click opens it again.
 */
export function useSignUpWindow({ origins, ...wanted }: Wanted & { origins: string[] }) {
  const [round, setRound] = useState(0);
  const prepared = usePrepared(wanted, round);
  const [failure, setFailure] = useState<unknown>();
  const [isOpen, setOpen] = useState(false);
  const [end, setEnd] = useState<WindowEnd>();
  const current = useRef<string>(undefined);
  const prepareNext = () => setRound((count) => count + 1);
  const pass = (call: Promise<{ error?: unknown }>) =>
    void call.then(({ error }) => error !== undefined && setFailure(error), setFailure);
  useFinishMessages(origins, (body) => {
    const id = current.current;
    if (id === undefined) return;
    if (!body.event.startsWith('FINISH')) setEnd({ kind: 'cancelled', data: body.data });
    pass(fetchApi.POST('/v1/embedded-signups/{id}/finish', { params: { path: { id } }, body }));
  });
  const open = () => {
    if (prepared.kind !== 'ready' || prepared.started.id === current.current) return;
    const { id } = prepared.started;
    current.current = id;
    setEnd(undefined);
    setFailure(undefined);
    setOpen(true);
    openWindow(prepared, (code) => {
      setOpen(false);
      prepareNext();
      // A message that says more may have come before.
      if (code === undefined) return setEnd((known) => known ?? { kind: 'closed' });
      pass(fetchApi.POST('/v1/embedded-signups/{id}/code', { params: { path: { id } }, body: { code } }));
    });
  };
  return { prepared, prepareNext, isOpen, end, failure, open };
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

function openWindow({ sdk, started }: Ready, onCode: (code: string | undefined) => void): void {
  sdk.login((answer) => onCode(answer.authResponse?.code), {
    config_id: started.configurationId,
    response_type: 'code',
    override_default_response_type: true,
    extras: started.extras,
  });
}

function useFinishMessages(origins: readonly string[], onFinish: (finish: FinishMessage) => void): void {
  const latest = useRef(onFinish);
  useEffect(() => {
    latest.current = onFinish;
  });
  useEffect(() => {
    const hear = (message: MessageEvent<unknown>) => {
      if (!isMetaOrigin(message.origin, origins)) return;
      const finish = readFinish(message.data);
      if (finish !== undefined) latest.current(finish);
    };
    window.addEventListener('message', hear);
    return () => window.removeEventListener('message', hear);
  }, [origins]);
}

/** The signup as the api knows it, looked at until it is settled. */
export function useSignUp(id: string | undefined) {
  return api.useQuery(
    'get',
    '/v1/embedded-signups/{id}',
    { params: { path: { id: id ?? '' } } },
    {
      enabled: id !== undefined,
      refetchInterval: ({ state }) =>
        state.data?.state === 'waiting' || state.data?.state === 'exchanging' ? LOOK_EVERY_MS : false,
    },
  );
}
