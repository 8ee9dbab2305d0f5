import { PROVIDER_KINDS, type ProviderKind } from './message.ts';
import { MAX_CAPTION_LENGTH } from './outgoing-parts.ts';
import { SAFE_TEXT_LENGTH } from './split-text.ts';

/** Where people are known by the same ids, whatever provider leads there. */
export type Network = 'whatsapp';
/** Where people are known by their phones. */
export const PHONE_NETWORK: Network = 'whatsapp';

/**
 * What a provider can do and needs, as data: nothing outside its folder asks which provider it is. Lengths are counted
 * in UTF-16 units and are safe where the network does not say what it counts.
 */
export type ProviderTraits = {
  network: Network;
  /** Free text only within 24 hours of the customer's last message. */
  hasServiceWindow: boolean;
  hasTemplates: boolean;
  hasReactions: boolean;
  /** Messages written in the business's own app come as echoes. */
  hasBusinessApp: boolean;
  /**
   * How webhooks are known to be authentic, and with it whose they are: signed by an app (`metaAppId`) that speaks for
   * many numbers, or sent to an address of one connection, with its secret.
   */
  webhookAuthenticity: 'app-signature' | 'secret-in-address';
  /** Parley registers numbers and takes over the history of the business's app itself. */
  setsUpNumbers: boolean;
  /** Longer text becomes several messages. */
  maxTextLength: number;
  /** Words that can stand under a file; longer ones go before it. 0: none can. */
  maxCaptionLength: number;
};

const WHATSAPP = {
  network: 'whatsapp',
  hasServiceWindow: true,
  hasTemplates: true,
  hasReactions: true,
  hasBusinessApp: true,
  maxTextLength: SAFE_TEXT_LENGTH,
  maxCaptionLength: MAX_CAPTION_LENGTH,
} as const;

export const PROVIDERS = {
  'whatsapp-cloud': { ...WHATSAPP, webhookAuthenticity: 'app-signature', setsUpNumbers: true },
  dialog360: { ...WHATSAPP, webhookAuthenticity: 'secret-in-address', setsUpNumbers: false },
} as const satisfies Readonly<Record<ProviderKind, ProviderTraits>>;

/** Of a stored connection. @throws for a word that is no provider */
export function traitsOf(provider: string): ProviderTraits {
  if (!Object.hasOwn(PROVIDERS, provider)) throw new RangeError('no such provider');
  return PROVIDERS[provider as ProviderKind];
}

/** The providers of which a trait has this value. */
export type ProviderWith<Name extends keyof ProviderTraits, Value extends ProviderTraits[Name]> = {
  [Kind in ProviderKind]: (typeof PROVIDERS)[Kind][Name] extends Value ? Kind : never;
}[ProviderKind];

function providersWith<Name extends keyof ProviderTraits, const Value extends ProviderTraits[Name]>(
  name: Name,
  value: Value,
): ProviderWith<Name, Value>[] {
  return PROVIDER_KINDS.filter((kind) => traitsOf(kind)[name] === value) as ProviderWith<Name, Value>[];
}

/** Connected with an app that signs for its numbers. */
export const SIGNED_PROVIDERS = providersWith('webhookAuthenticity', 'app-signature');
/** Connected with the phone and a key that stands for it; their webhooks have an address for each number. */
export const ADDRESSED_PROVIDERS = providersWith('webhookAuthenticity', 'secret-in-address');

export type AddressedProvider = (typeof ADDRESSED_PROVIDERS)[number];

/** Whether something that names its provider is of one with an address for each number. */
export function isAddressed<Named extends { provider: string }>(
  named: Named,
): named is Extract<Named, { provider: AddressedProvider }> {
  return traitsOf(named.provider).webhookAuthenticity === 'secret-in-address';
}
