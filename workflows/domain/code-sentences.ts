/**
 * What each of the network's error codes means to an agent, and what to do now. Codes that mean the same to an agent
 * share their words. A remedy must be right in both cases in which a code comes: as the answer to a send, which is then
 * tried again by itself where it may be, and as the final word on a message. (WhatsApp: errors, decision table)
 */
import type { Language } from './message.ts';
import { REQUEST_CODE_ROWS } from './request-code-sentences.ts';

export type FailureSentence = { sentence: string; remedy: string };
export type Sentences = Readonly<Record<Language, FailureSentence>>;

export type CodeRow = readonly [codes: readonly number[], en: Words, ru: Words];
type Words = readonly [sentence: string, remedy: string];

const ROWS: readonly CodeRow[] = [
  [
    [4],
    [
      'The calls that WhatsApp allows the Meta app in an hour are used up.',
      'Wait a few minutes. If it is still not delivered, send it again. If this happens often, tell the administrator.',
    ],
    [
      'Лимит обращений приложения Meta к WhatsApp за час исчерпан.',
      'Подождите несколько минут. Если оно так и не дойдёт, отправьте его ещё раз. Если это повторяется часто, сообщите администратору.',
    ],
  ],
  [
    [80007],
    [
      'The calls that WhatsApp allows this business account are used up.',
      'Wait a few minutes. If it is still not delivered, send it again. If this happens often, tell the administrator.',
    ],
    [
      'Лимит обращений этого бизнес-аккаунта к WhatsApp исчерпан.',
      'Подождите несколько минут. Если оно так и не дойдёт, отправьте его ещё раз. Если это повторяется часто, сообщите администратору.',
    ],
  ],
  [
    [130429],
    [
      'The business number sent more messages per second than WhatsApp allows.',
      'Wait a few minutes. If it is still not delivered, send it again.',
    ],
    [
      'Номер компании отправил больше сообщений в секунду, чем разрешает WhatsApp.',
      'Подождите несколько минут. Если оно так и не дойдёт, отправьте его ещё раз.',
    ],
  ],
  [
    [131056],
    [
      'Too many messages to this customer in a short time.',
      'Wait a minute. If it is still not delivered, send it again; fewer, longer messages arrive sooner.',
    ],
    [
      'Слишком много сообщений этому клиенту за короткое время.',
      'Подождите минуту. Если оно так и не дойдёт, отправьте ещё раз; реже и длиннее дойдёт быстрее.',
    ],
  ],
  [
    [133016],
    [
      'The business number was registered too often and is locked for 72 hours.',
      'Ask the administrator not to register it again before three days have passed.',
    ],
    [
      'Номер компании регистрировали слишком часто, он заблокирован на 72 часа.',
      'Попросите администратора не регистрировать его снова раньше, чем через трое суток.',
    ],
  ],
  [
    [1, 131000],
    [
      'WhatsApp failed for a reason that it does not name.',
      'Send the message again. If it fails again, tell the administrator.',
    ],
    [
      'В WhatsApp произошёл сбой, причину он не называет.',
      'Отправьте сообщение ещё раз. Если сбой повторится, сообщите администратору.',
    ],
  ],
  [
    [2, 131016, 133004],
    ['WhatsApp was overloaded or out of service at that moment.', 'Send the message again in a few minutes.'],
    ['WhatsApp в этот момент был перегружен или недоступен.', 'Отправьте сообщение ещё раз через несколько минут.'],
  ],
  [
    [131057, 2494100],
    [
      'WhatsApp is doing maintenance on the business number; this takes a few minutes.',
      'Wait a few minutes. If it is still not delivered, send it again.',
    ],
    [
      'WhatsApp обслуживает номер компании, это займёт несколько минут.',
      'Подождите несколько минут. Если оно так и не дойдёт, отправьте его ещё раз.',
    ],
  ],
  [
    [131047],
    [
      'More than 24 hours have passed since the customer last wrote; free text is not allowed.',
      'Send an approved template, or wait until the customer writes.',
    ],
    [
      'С последнего сообщения клиента прошло больше 24 часов, свободный текст запрещён.',
      'Отправьте одобренный шаблон или дождитесь сообщения клиента.',
    ],
  ],
  [
    [131026],
    [
      'The message cannot be delivered: the number has no WhatsApp, or its app is too old.',
      'Check the number, or contact the customer another way.',
    ],
    [
      'Сообщение нельзя доставить: у номера нет WhatsApp или приложение слишком старое.',
      'Проверьте номер или свяжитесь с клиентом другим способом.',
    ],
  ],
  [
    [131049],
    [
      'WhatsApp held the message back: the customer has had too much advertising lately.',
      'Try again after 24 hours at the earliest, or wait for their message.',
    ],
    [
      'WhatsApp придержал сообщение: клиент получил слишком много рекламы за последнее время.',
      'Повторите не раньше чем через 24 часа или дождитесь сообщения клиента.',
    ],
  ],
  [
    [131048],
    [
      'WhatsApp limits the business number because customers reported its messages as spam.',
      'Stop mailings, and ask the administrator to check the quality of the number at Meta.',
    ],
    [
      'WhatsApp ограничил номер компании из-за жалоб клиентов на спам.',
      'Остановите рассылки и попросите администратора проверить качество номера в Meta.',
    ],
  ],
  [
    [131050],
    [
      'The customer has stopped marketing messages from this business.',
      'Send no more advertising to them; answers to their own messages are still possible.',
    ],
    [
      'Клиент отказался от рекламных сообщений компании.',
      'Не отправляйте ему рекламу. Отвечать на его сообщения по-прежнему можно.',
    ],
  ],
  [
    [130472],
    [
      'WhatsApp did not deliver this message because the customer takes part in one of its experiments.',
      'Contact the customer another way, or wait for their message.',
    ],
    [
      'WhatsApp не доставил сообщение: клиент участвует в его эксперименте.',
      'Свяжитесь с клиентом другим способом или дождитесь его сообщения.',
    ],
  ],
  [
    [130403],
    ['The business itself has blocked this customer.', 'Unblock the customer in WhatsApp.'],
    ['Компания сама заблокировала этого клиента.', 'Разблокируйте клиента в WhatsApp.'],
  ],
  [
    [131021],
    ['Sender and recipient are the same number.', "Check the customer's number."],
    ['Отправитель и получатель: один и тот же номер.', 'Проверьте номер клиента.'],
  ],
  [
    [131030],
    [
      'This is a test number, and the recipient is not on its list.',
      'Ask the administrator to add the recipient in the Meta app, or to connect a real number.',
    ],
    [
      'Это тестовый номер, и получателя нет в его списке.',
      'Попросите администратора добавить получателя в приложении Meta или подключить настоящий номер.',
    ],
  ],
  [
    [130497],
    ['This business account may not write to customers in that country.', 'Contact the customer another way.'],
    ['Этому бизнес-аккаунту нельзя писать клиентам в эту страну.', 'Свяжитесь с клиентом другим способом.'],
  ],
  [
    [131062],
    [
      'This message needs a phone number, and the customer is known by user name only.',
      'Ask the customer for their number.',
    ],
    [
      'Для этого сообщения нужен номер телефона, а клиент известен только по имени пользователя.',
      'Попросите у клиента номер телефона.',
    ],
  ],
  [
    [137000],
    [
      "The customer's WhatsApp has a new security code: another phone, or another person.",
      'Make sure that you are still writing to the customer, then send the message again.',
    ],
    [
      'У клиента в WhatsApp новый код безопасности: другой телефон или другой человек.',
      'Убедитесь, что пишете тому же клиенту, и отправьте сообщение ещё раз.',
    ],
  ],
  [
    [131035],
    [
      'WhatsApp could not deliver an event to Parley in time and has not kept it.',
      'Look into the chat on the phone, or ask the customer whether an answer is missing.',
    ],
    [
      'WhatsApp не смог вовремя передать событие в Parley и не сохранил его.',
      'Проверьте чат в телефоне или спросите клиента, не пропал ли ответ.',
    ],
  ],
  [
    [131036],
    ["WhatsApp could not encrypt the message anew for the customer's changed device.", 'Send the message again.'],
    [
      'WhatsApp не смог заново зашифровать сообщение для сменившегося устройства клиента.',
      'Отправьте сообщение ещё раз.',
    ],
  ],
  [
    [0, 190],
    [
      'The access token of this connection has expired or was revoked.',
      'Ask the administrator to enter a new token; what is waiting is then sent by itself.',
    ],
    [
      'Токен доступа этого подключения истёк или отозван.',
      'Попросите администратора ввести новый токен: всё, что ждёт, уйдёт само.',
    ],
  ],
  [
    [3, 10, 200, 131005],
    [
      'The access token of this connection lacks a permission.',
      'Ask the administrator to create a token that may send messages and manage the WhatsApp account.',
    ],
    [
      'Токену доступа этого подключения не хватает разрешения.',
      'Попросите администратора создать токен с правом отправки сообщений и управления аккаунтом WhatsApp.',
    ],
  ],
  [
    [368, 131031],
    [
      'WhatsApp has blocked the business account.',
      'Ask the administrator to open the account quality page at Meta and to appeal there.',
    ],
    [
      'WhatsApp заблокировал бизнес-аккаунт.',
      'Попросите администратора открыть страницу качества аккаунта в Meta и подать там апелляцию.',
    ],
  ],
  [
    [131042],
    [
      'WhatsApp does not send because of a problem with the payment method of the account.',
      'Ask the administrator to check the payment method in the Meta business settings.',
    ],
    [
      'WhatsApp не отправляет из-за проблемы со способом оплаты аккаунта.',
      'Попросите администратора проверить способ оплаты в бизнес-настройках Meta.',
    ],
  ],
  [
    [134011],
    [
      'The business has not accepted the terms of WhatsApp payments.',
      'Ask the administrator to accept them in the Meta business settings.',
    ],
    ['Компания не приняла условия платежей WhatsApp.', 'Попросите администратора принять их в бизнес-настройках Meta.'],
  ],
  [
    [131045, 133010],
    [
      'The business number is not registered with WhatsApp.',
      'Ask the administrator to register the number in the Meta business settings.',
    ],
    [
      'Номер компании не зарегистрирован в WhatsApp.',
      'Попросите администратора зарегистрировать номер в бизнес-настройках Meta.',
    ],
  ],
  [
    [131037],
    [
      'The display name of the business number is not approved yet.',
      'Ask the administrator to have the name approved at Meta.',
    ],
    ['Отображаемое имя номера компании ещё не одобрено.', 'Попросите администратора добиться одобрения имени в Meta.'],
  ],
  ...REQUEST_CODE_ROWS,
];

const BY_CODE: ReadonlyMap<number, Sentences> = new Map(
  ROWS.flatMap(([codes, en, ru]) => codes.map((code) => [code, { en: toSentence(en), ru: toSentence(ru) }] as const)),
);

function toSentence([sentence, remedy]: Words): FailureSentence {
  return { sentence, remedy };
}

/** Undefined for a code that is not known. 200 to 299 are one family: permissions. */
export function sentencesOfCode(code: number): Sentences | undefined {
  return BY_CODE.get(code >= 200 && code <= 299 ? 200 : code);
}
