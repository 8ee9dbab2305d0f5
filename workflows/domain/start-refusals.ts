/**
 * Why a conversation cannot be started, and what to do about it: for callers of the API, for people who press a button
 * in Planfix, and for the task itself. No names, numbers or texts of customers. (DESIGN, start a conversation)
 */
import type { Language } from './message.ts';

type Sentence = [message: string, remedy: string];

const WITH_COUNTRY: Record<Language, string> = {
  en: 'Write it with "+" and the country code',
  ru: 'Укажите его с «+» и кодом страны',
};

const phone = (en: string, ru: string): Record<Language, Sentence> => ({
  en: [en, WITH_COUNTRY.en],
  ru: [ru, WITH_COUNTRY.ru],
});

const REFUSALS = {
  empty: phone('The phone is empty', 'Телефон не указан'),
  'country-missing': phone('The phone has no country', 'В телефоне нет кода страны'),
  'not-a-number': phone('This is not a phone', 'Это не номер телефона'),
  'too-short': phone('The phone is too short', 'Номер слишком короткий'),
  'too-long': phone('The phone is too long', 'Номер слишком длинный'),
  impossible: phone('There can be no such phone in this country', 'Такого номера в этой стране быть не может'),
  ambiguous: phone(
    'The phone may be meant with or without its country code',
    'Неясно, указан ли номер с кодом страны или без него',
  ),
  landline: {
    en: ['This is a landline, which cannot be on WhatsApp', 'Give a mobile phone'],
    ru: ['Это городской номер, в WhatsApp его быть не может', 'Укажите мобильный номер'],
  },
  'own-number': {
    en: ["This is the connection's own number", 'Give the phone of the customer'],
    ru: ['Это номер самого подключения', 'Укажите телефон клиента'],
  },
  'unknown-identity': {
    en: ['No customer of this account is known by this', 'Give a phone, or `customerId` of GET /v1/conversations'],
    ru: ['Такой клиент в этом аккаунте неизвестен', 'Укажите телефон клиента'],
  },
  'no-address': {
    en: ['The customer has no phone or id to write to from this number', 'Give the phone instead'],
    ru: ['У клиента нет телефона или идентификатора, на который можно написать с этого номера', 'Укажите телефон'],
  },
  'no-such-contact': {
    en: ['Planfix has no such contact, or the token may not see it', 'Give the number of a contact that it may see'],
    ru: ['В Планфиксе нет такого контакта, или токену он недоступен', 'Укажите номер доступного контакта'],
  },
  'contact-without-phone': {
    en: [
      'The contact has no phone that can be on WhatsApp',
      'Add a mobile phone with its country code to the contact, then send again',
    ],
    ru: [
      'У контакта нет телефона, на который можно написать в WhatsApp',
      'Добавьте контакту мобильный телефон с кодом страны и отправьте ещё раз',
    ],
  },
  'no-contact-in-task': {
    en: ['The assigner and the counterparty of the task are no contacts', 'Give the contact or the phone, too'],
    ru: ['Постановщик и контрагент задачи — не контакты', 'Укажите также контакт или телефон'],
  },
  'no-such-task': {
    en: ['Planfix has no such task, or the token may not see it', 'Give the number of a task that it may see'],
    ru: ['В Планфиксе нет такой задачи, или токену она недоступна', 'Укажите номер доступной задачи'],
  },
  'task-busy': {
    en: ['The conversation is being put into another task just now', 'Send it again in a moment'],
    ru: ['Диалог как раз переносится в другую задачу', 'Отправьте ещё раз чуть позже'],
  },
  'not-connected': {
    en: ['The connection is not connected', 'Ask the administrator to connect it'],
    ru: ['Подключение не работает', 'Попросите администратора подключить номер'],
  },
  'window-closed': {
    en: [
      'The customer has not written within the last 24 hours: WhatsApp takes approved templates only',
      'Send a template, or wait until the customer writes',
    ],
    ru: [
      'Клиент не писал последние 24 часа: WhatsApp принимает только одобренные шаблоны',
      'Отправьте шаблон или дождитесь сообщения клиента',
    ],
  },
  'opted-out': {
    en: ['The customer does not want marketing messages', 'Send no marketing; other templates are possible'],
    ru: ['Клиент отказался от рекламных сообщений', 'Не отправляйте рекламу; другие шаблоны возможны'],
  },
  'unclear-connection': {
    en: [
      'It is not clear by which of your WhatsApp numbers this comment is meant to leave',
      'Write from a button with `connection`, or in a task of the template of one number',
    ],
    ru: [
      'Неясно, с какого номера WhatsApp отправить этот комментарий',
      'Отправьте его кнопкой с параметром connection или в задаче с шаблоном нужного номера',
    ],
  },
} as const satisfies Record<string, Readonly<Record<Language, Readonly<Sentence>>>>;

export type StartRefusal = keyof typeof REFUSALS;
export const START_REFUSALS = Object.keys(REFUSALS) as StartRefusal[];

export const isStartRefusal = (word: string): word is StartRefusal => Object.hasOwn(REFUSALS, word);

/** What is wrong, and the remedy. */
export function startRefusalSentence(reason: StartRefusal, language: Language): readonly [string, string] {
  return REFUSALS[reason][language];
}
