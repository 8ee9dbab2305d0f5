/** What has been entered in the wizard. Everything but secrets survives a reload, in this tab only. */

export const ROADS = ['new-number', 'embedded-signup', 'business-app', 'dialog360'] as const;
export type Road = (typeof ROADS)[number];
export const STEPS = ['road', 'planfix', 'app', 'number', 'people'] as const;
export type Step = (typeof STEPS)[number];

export type FallbackOrder = ('primary-admin' | 'configured-by')[];

export type Draft = {
  road?: Road | undefined;
  planfixAccountId?: string | undefined;
  metaAppId?: string | undefined;
  wabaId: string;
  phoneNumberId: string;
  /** The number is shared with the phone app, as far as the network has said so. */
  isOnBusinessApp: boolean;
  /** Of 360dialog. */
  phone: string;
  allowedAddresses: string[];
  embeddedSignupId?: string | undefined;
  /** Of which account and number the settings below are: those from before are offered once. */
  settingsOf?: string | undefined;
  /** They are those of a former connection, and so of no other number. */
  isFormer: boolean;
  configuredBy?: string | undefined;
  taskTemplate?: number | undefined;
  contactTemplate?: number | undefined;
  additionalAssignees: string[];
  fallbackOrder: FallbackOrder;
  language: 'en' | 'ru';
  historyDays: number;
};

export type Secrets = { accessToken: string; pin: string; apiKey: string };

export const NO_SECRETS: Secrets = { accessToken: '', pin: '', apiKey: '' };

/** What is void with another road or Meta app: a sign-up belongs to both. */
export const NO_NUMBER = { embeddedSignupId: undefined, wabaId: '', phoneNumberId: '' } satisfies Partial<Draft>;

/** Those of a number about which nothing is known yet. */
export const freshSettings = (language: string) =>
  ({
    isFormer: false,
    configuredBy: undefined,
    taskTemplate: undefined,
    contactTemplate: undefined,
    additionalAssignees: [],
    fallbackOrder: ['primary-admin', 'configured-by'],
    language: language === 'ru' ? 'ru' : 'en',
    historyDays: 30,
  }) satisfies Partial<Draft>;

const emptyDraft = (language: string): Draft => ({
  ...NO_NUMBER,
  ...freshSettings(language),
  isOnBusinessApp: false,
  phone: '',
  allowedAddresses: [],
});

/** As the connection is known by. */
export const numberOf = ({ road, phone, phoneNumberId }: Draft): string =>
  road === 'dialog360' ? phone.replace(/\D/g, '') : phoneNumberId;

const PLACE = 'parley-connect';

/** Session storage belongs to one tab, so that two wizards do not disturb each other. */
export function readDraft(language: string): Draft {
  const empty = emptyDraft(language);
  try {
    return { ...empty, ...(JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Partial<Draft>) };
  } catch {
    return empty;
  }
}

export const keepDraft = (draft: Draft) => sessionStorage.setItem(PLACE, JSON.stringify(draft));

/** The number is connected; what was entered for another one stays. */
export function forgetDraft(phoneNumberId: string): void {
  if (numberOf(readDraft('en')) === phoneNumberId) sessionStorage.removeItem(PLACE);
}

/** Numbers of 360dialog come without a Meta app. */
export const stepsOf = (road: Road | undefined): Step[] =>
  STEPS.filter((step) => step !== 'app' || road !== 'dialog360');

/** Whether a step has all that the next ones build on. */
export function isDone(step: Step, draft: Draft, secrets: Secrets): boolean {
  if (step === 'road') return draft.road !== undefined;
  if (step === 'planfix') return draft.planfixAccountId !== undefined;
  if (step === 'app') return draft.metaAppId !== undefined;
  if (step === 'number') return isNumberChosen(draft) && !lacksSecret(draft, secrets);
  return draft.taskTemplate !== undefined && draft.configuredBy !== undefined;
}

function isNumberChosen({ road, phone, wabaId, phoneNumberId, embeddedSignupId }: Draft): boolean {
  if (road === 'dialog360') return phone.trim() !== '';
  const isSignedUp = road === 'new-number' || embeddedSignupId !== undefined;
  return isSignedUp && wabaId !== '' && phoneNumberId !== '';
}

/** With Embedded Signup the token never comes to the browser. */
function lacksSecret({ road }: Draft, { accessToken, apiKey }: Secrets): boolean {
  if (road === 'dialog360') return apiKey === '';
  return road === 'new-number' && accessToken === '';
}

/** The number was chosen, and only what is not kept over a reload is missing. */
export const isSecretGone = (draft: Draft, secrets: Secrets): boolean =>
  isNumberChosen(draft) && lacksSecret(draft, secrets);

const NUMBER_FIELDS = ['accessToken', 'embeddedSignupId', 'pin', 'wabaId', 'phoneNumberId', 'phone', 'apiKey'];

/** The step that asks for this field of the request. */
export function stepOfField(path: string): Step {
  if (path === 'planfixAccountId') return 'planfix';
  if (path === 'metaAppId') return 'app';
  if (NUMBER_FIELDS.includes(path) || path.startsWith('allowedAddresses')) return 'number';
  return 'people';
}
