import type { GraphSandbox } from '../graph/index.ts';
import type { BusinessNumber } from '../graph/model.ts';
import { createPoster, type Poster } from '../graph/webhooks/post.ts';

/** Where what comes for a number goes, and the headers that were set beside it. Nothing is signed. */
export type WebhookTarget = { url: string; headers: Record<string, string> };

/** A number that 360dialog hosts: one key stands for it. */
export type HostedNumber = {
  apiKey: string;
  /** The number at Meta: chats, messages, media and templates are there. */
  number: BusinessNumber;
  webhook: WebhookTarget | undefined;
  /** Of the partner through whom the customer came; most have none. */
  partnerWebhook: WebhookTarget | undefined;
  /** When media could not be given, on the sandbox's clock. */
  failedMediaAtMs: number[];
  mediaBlockedUntilMs: number;
};

/** What was sent to a customer's address, newest last. */
export type HostedDelivery = { phone: string; to: 'number' | 'partner'; url: string; status: number; body: string };

export type Dialog360Sandbox = {
  graph: GraphSandbox;
  /** By API key. */
  hosted: Map<string, HostedNumber>;
  deliveries: HostedDelivery[];
  poster: Poster;
};

const connections = 64;

export function createDialog360(graph: GraphSandbox): Dialog360Sandbox {
  return { graph, hosted: new Map(), deliveries: [], poster: createPoster(connections) };
}

export function resetDialog360({ hosted, deliveries }: Dialog360Sandbox): void {
  hosted.clear();
  deliveries.length = 0;
}

/** What the page shows of 360dialog's Hub. */
export function dialog360State({ hosted }: Dialog360Sandbox) {
  return { numbers: [...hosted.values()].map(({ apiKey, number: { phoneNumberId } }) => ({ phoneNumberId, apiKey })) };
}

/** By digits of the phone, or by Meta's id. */
export function findHosted({ hosted }: Dialog360Sandbox, phoneOrId: string): HostedNumber | undefined {
  const digits = phoneOrId.replace(/\D/g, '');
  return [...hosted.values()].find(({ number }) => number.digits === digits || number.phoneNumberId === phoneOrId);
}

/** The app under which 360dialog is known at Meta. */
export const hostingApp = {
  appId: '3600000000000001',
  appSecret: 'app-secret-of-360dialog-in-the-sandbox',
  verifyToken: 'verify-token-of-360dialog-in-the-sandbox',
};
