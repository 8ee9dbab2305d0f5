/** Meta's program for Embedded Signup in the browser; loaded only when somebody takes that road. (onboarding: A.3) */

type LoginAnswer = { authResponse?: { code?: string } | null };
type LoginOptions = {
  config_id: string;
  response_type: 'code';
  override_default_response_type: true;
  extras: Record<string, unknown>;
};
export type MetaSdk = {
  init(options: { appId: string; autoLogAppEvents: boolean; xfbml: boolean; version: string }): void;
  login(callback: (answer: LoginAnswer) => void, options: LoginOptions): void;
};

declare global {
  interface Window {
    FB?: MetaSdk;
  }
}

/** A blocked script says nothing; whoever waits is told after this. */
const LOAD_MS = 15_000;
let loading: Promise<MetaSdk> | undefined;

/** @throws when the script is blocked or away; the next call tries again */
export function loadMetaSdk(url: string): Promise<MetaSdk> {
  loading ??= new Promise<MetaSdk>((resolve, reject) => {
    const script = document.createElement('script');
    const timer = window.setTimeout(() => script.dispatchEvent(new Event('error')), LOAD_MS);
    script.src = url;
    script.async = true;
    script.addEventListener('error', () => {
      window.clearTimeout(timer);
      script.remove();
      loading = undefined;
      reject(new Error('the script of Meta does not load'));
    });
    script.addEventListener('load', () => {
      window.clearTimeout(timer);
      if (window.FB) resolve(window.FB);
      else script.dispatchEvent(new Event('error'));
    });
    document.head.append(script);
  });
  return loading;
}

export type FinishMessage = { event: string; data: Record<string, unknown> };

/** The finish message of Embedded Signup, if it is one. */
export function readFinish(message: unknown): FinishMessage | undefined {
  const value = typeof message === 'string' ? parse(message) : message;
  if (!isRecord(value) || value.type !== 'WA_EMBEDDED_SIGNUP' || typeof value.event !== 'string') return undefined;
  return { event: value.event, data: isRecord(value.data) ? value.data : {} };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
