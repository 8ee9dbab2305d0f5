/**
 * What an agent is told when something did not work: what happened, and what to do now. By kind of failure, and for
 * the network's codes that have a better answer than their kind. No names, numbers or texts of customers.
 * (DESIGN, failure kinds; WhatsApp: errors, decision table)
 */
import type { FailureKind } from './failure-kinds.ts';
import type { Language } from './message.ts';

export type FailureSentence = { sentence: string; remedy: string };
type Sentences = Readonly<Record<Language, FailureSentence>>;

const BY_KIND: Readonly<Record<FailureKind, Sentences>> = {
  unavailable: {
    en: {
      sentence: 'The service could not be reached; the message was not sent.',
      remedy: 'Nothing to do: it is tried again by itself.',
    },
    ru: {
      sentence: 'Сервис недоступен, сообщение не отправлено.',
      remedy: 'Ничего делать не нужно: отправка повторится сама.',
    },
  },
  'rate-limited': {
    en: {
      sentence: 'Too many messages in a short time; this one has to wait.',
      remedy: 'Nothing to do: it is sent as soon as the limit allows.',
    },
    ru: {
      sentence: 'Слишком много сообщений за короткое время, это сообщение ждёт.',
      remedy: 'Ничего делать не нужно: оно уйдёт, как только позволит лимит.',
    },
  },
  'credentials-rejected': {
    en: {
      sentence: 'WhatsApp does not accept the access of this connection; nothing can be sent.',
      remedy: 'Ask the administrator to check the connection and to enter a new access token.',
    },
    ru: {
      sentence: 'WhatsApp не принимает доступ этого подключения, отправка невозможна.',
      remedy: 'Попросите администратора проверить подключение и ввести новый токен доступа.',
    },
  },
  'invalid-request': {
    en: {
      sentence: 'WhatsApp refused the message because of its form.',
      remedy: 'Write it again, shorter or without unusual formatting. If that does not help, tell the administrator.',
    },
    ru: {
      sentence: 'WhatsApp отклонил сообщение из-за его формы.',
      remedy:
        'Напишите его заново, короче или без необычного форматирования. Если не поможет, сообщите администратору.',
    },
  },
  'recipient-unreachable': {
    en: {
      sentence: 'The customer cannot be reached in WhatsApp.',
      remedy: 'Contact them another way.',
    },
    ru: {
      sentence: 'Клиент недоступен в WhatsApp.',
      remedy: 'Свяжитесь с ним другим способом.',
    },
  },
  'template-required': {
    en: {
      sentence: 'More than 24 hours have passed since the customer last wrote; free text is not allowed.',
      remedy: 'Send an approved template, or wait until the customer writes.',
    },
    ru: {
      sentence: 'С последнего сообщения клиента прошло больше 24 часов, свободный текст запрещён.',
      remedy: 'Отправьте одобренный шаблон или дождитесь сообщения клиента.',
    },
  },
  'file-rejected': {
    en: {
      sentence: 'WhatsApp did not accept the file.',
      remedy: 'Check its size and type, or send a link to it.',
    },
    ru: {
      sentence: 'WhatsApp не принял файл.',
      remedy: 'Проверьте размер и тип файла или отправьте ссылку на него.',
    },
  },
  'unexpected-response': {
    en: {
      sentence: 'WhatsApp reported a failure that is not known here.',
      remedy: 'Send the message again. If it fails again, tell the administrator.',
    },
    ru: {
      sentence: 'WhatsApp сообщил о неизвестной ошибке.',
      remedy: 'Отправьте сообщение ещё раз. Если ошибка повторится, сообщите администратору.',
    },
  },
  'outcome-unknown': {
    en: {
      sentence: 'It is not known whether the message reached the customer.',
      remedy: 'Look in the chat or ask the customer before you send it again, so that it does not arrive twice.',
    },
    ru: {
      sentence: 'Неизвестно, дошло ли сообщение до клиента.',
      remedy: 'Проверьте чат или спросите клиента, прежде чем отправлять ещё раз, чтобы оно не пришло дважды.',
    },
  },
};

const NOT_REGISTERED: Sentences = {
  en: {
    sentence: 'The business number is not registered with WhatsApp.',
    remedy: 'Ask the administrator to register the number in the Meta business settings.',
  },
  ru: {
    sentence: 'Номер компании не зарегистрирован в WhatsApp.',
    remedy: 'Попросите администратора зарегистрировать номер в бизнес-настройках Meta.',
  },
};

const ACCOUNT_BLOCKED: Sentences = {
  en: {
    sentence: 'WhatsApp has blocked the business account.',
    remedy: 'Ask the administrator to open the account quality page at Meta and to appeal there.',
  },
  ru: {
    sentence: 'WhatsApp заблокировал бизнес-аккаунт.',
    remedy: 'Попросите администратора открыть страницу качества аккаунта в Meta и подать там апелляцию.',
  },
};

const TEMPLATE_MISMATCH: Sentences = {
  en: {
    sentence: 'The template does not exist in this language, or its fields were filled in wrongly.',
    remedy: 'Choose the template again and fill in all of its fields.',
  },
  ru: {
    sentence: 'Шаблона на этом языке нет, или его поля заполнены неверно.',
    remedy: 'Выберите шаблон заново и заполните все его поля.',
  },
};

const PERMISSION_MISSING: Sentences = {
  en: {
    sentence: 'The access token of this connection lacks a permission.',
    remedy: 'Ask the administrator to create a token that may send messages and manage the WhatsApp account.',
  },
  ru: {
    sentence: 'Токену доступа этого подключения не хватает разрешения.',
    remedy: 'Попросите администратора создать токен с правом отправки сообщений и управления аккаунтом WhatsApp.',
  },
};

const BY_CODE: Readonly<Record<number, Sentences>> = {
  3: PERMISSION_MISSING,
  10: PERMISSION_MISSING,
  200: PERMISSION_MISSING,
  131005: PERMISSION_MISSING,
  190: {
    en: {
      sentence: 'The access token of this connection has expired or was revoked.',
      remedy: 'Ask the administrator to enter a new token; what is waiting is then sent by itself.',
    },
    ru: {
      sentence: 'Токен доступа этого подключения истёк или отозван.',
      remedy: 'Попросите администратора ввести новый токен: всё, что ждёт, уйдёт само.',
    },
  },
  368: ACCOUNT_BLOCKED,
  131031: ACCOUNT_BLOCKED,
  130403: {
    en: { sentence: 'The business itself has blocked this customer.', remedy: 'Unblock the customer in WhatsApp.' },
    ru: { sentence: 'Компания сама заблокировала этого клиента.', remedy: 'Разблокируйте клиента в WhatsApp.' },
  },
  130472: {
    en: {
      sentence: 'WhatsApp did not deliver this message because the customer takes part in one of its experiments.',
      remedy: 'Contact the customer another way, or wait for their message.',
    },
    ru: {
      sentence: 'WhatsApp не доставил сообщение: клиент участвует в его эксперименте.',
      remedy: 'Свяжитесь с клиентом другим способом или дождитесь его сообщения.',
    },
  },
  130497: {
    en: {
      sentence: 'This business account may not write to customers in that country.',
      remedy: 'Contact the customer another way.',
    },
    ru: {
      sentence: 'Этому бизнес-аккаунту нельзя писать клиентам в эту страну.',
      remedy: 'Свяжитесь с клиентом другим способом.',
    },
  },
  131021: {
    en: { sentence: 'Sender and recipient are the same number.', remedy: "Check the customer's number." },
    ru: { sentence: 'Отправитель и получатель: один и тот же номер.', remedy: 'Проверьте номер клиента.' },
  },
  131026: {
    en: {
      sentence: 'The message cannot be delivered: the number has no WhatsApp, or its app is too old.',
      remedy: 'Check the number, or contact the customer another way.',
    },
    ru: {
      sentence: 'Сообщение нельзя доставить: у номера нет WhatsApp или приложение слишком старое.',
      remedy: 'Проверьте номер или свяжитесь с клиентом другим способом.',
    },
  },
  131030: {
    en: {
      sentence: 'This is a test number, and the recipient is not on its list.',
      remedy: 'Ask the administrator to add the recipient in the Meta app, or to connect a real number.',
    },
    ru: {
      sentence: 'Это тестовый номер, и получателя нет в его списке.',
      remedy: 'Попросите администратора добавить получателя в приложении Meta или подключить настоящий номер.',
    },
  },
  131037: {
    en: {
      sentence: 'The display name of the business number is not approved yet.',
      remedy: 'Ask the administrator to have the name approved at Meta.',
    },
    ru: {
      sentence: 'Отображаемое имя номера компании ещё не одобрено.',
      remedy: 'Попросите администратора добиться одобрения имени в Meta.',
    },
  },
  131042: {
    en: {
      sentence: 'WhatsApp does not send because of a problem with the payment method of the account.',
      remedy: 'Ask the administrator to check the payment method in the Meta business settings.',
    },
    ru: {
      sentence: 'WhatsApp не отправляет из-за проблемы со способом оплаты аккаунта.',
      remedy: 'Попросите администратора проверить способ оплаты в бизнес-настройках Meta.',
    },
  },
  131045: NOT_REGISTERED,
  133010: NOT_REGISTERED,
  131047: BY_KIND['template-required'],
  131048: {
    en: {
      sentence: 'WhatsApp limits the business number because customers reported its messages as spam.',
      remedy: 'Stop mailings, and ask the administrator to check the quality of the number at Meta.',
    },
    ru: {
      sentence: 'WhatsApp ограничил номер компании из-за жалоб клиентов на спам.',
      remedy: 'Остановите рассылки и попросите администратора проверить качество номера в Meta.',
    },
  },
  131049: {
    en: {
      sentence: 'WhatsApp held the message back: the customer has had too much advertising lately.',
      remedy: 'Try again after 24 hours at the earliest, or wait for their message.',
    },
    ru: {
      sentence: 'WhatsApp придержал сообщение: клиент получил слишком много рекламы за последнее время.',
      remedy: 'Повторите не раньше чем через 24 часа или дождитесь сообщения клиента.',
    },
  },
  131050: {
    en: {
      sentence: 'The customer has stopped marketing messages from this business.',
      remedy: 'Send no more advertising to them; answers to their own messages are still possible.',
    },
    ru: {
      sentence: 'Клиент отказался от рекламных сообщений компании.',
      remedy: 'Не отправляйте ему рекламу. Отвечать на его сообщения по-прежнему можно.',
    },
  },
  131052: {
    en: {
      sentence: "The customer's file could not be fetched from WhatsApp.",
      remedy: 'Ask the customer to send it again, at most 100 MB.',
    },
    ru: {
      sentence: 'Файл клиента не удалось получить из WhatsApp.',
      remedy: 'Попросите клиента отправить его ещё раз, не больше 100 МБ.',
    },
  },
  131053: {
    en: {
      sentence: 'WhatsApp could not use the file: its type, content or size does not fit.',
      remedy: 'Send it in a common format (PDF, JPEG, MP4) or as a link.',
    },
    ru: {
      sentence: 'WhatsApp не смог использовать файл: не подходит тип, содержимое или размер.',
      remedy: 'Отправьте его в распространённом формате (PDF, JPEG, MP4) или ссылкой.',
    },
  },
  131056: {
    en: {
      sentence: 'Too many messages to this customer in a short time; this one has to wait.',
      remedy: 'Nothing to do: it is sent by itself. Fewer, longer messages arrive sooner.',
    },
    ru: {
      sentence: 'Слишком много сообщений этому клиенту за короткое время, это сообщение ждёт.',
      remedy: 'Ничего делать не нужно: оно уйдёт само. Реже и длиннее дойдёт быстрее.',
    },
  },
  131062: {
    en: {
      sentence: 'This message needs a phone number, and the customer is known by user name only.',
      remedy: 'Ask the customer for their number.',
    },
    ru: {
      sentence: 'Для этого сообщения нужен номер телефона, а клиент известен только по имени пользователя.',
      remedy: 'Попросите у клиента номер телефона.',
    },
  },
  132000: TEMPLATE_MISMATCH,
  132001: TEMPLATE_MISMATCH,
  132012: TEMPLATE_MISMATCH,
  132018: TEMPLATE_MISMATCH,
  132015: {
    en: {
      sentence: 'The template is paused because of its low quality.',
      remedy: 'Use another template, or wait until WhatsApp releases it.',
    },
    ru: {
      sentence: 'Шаблон приостановлен из-за низкого качества.',
      remedy: 'Возьмите другой шаблон или подождите, пока WhatsApp вернёт этот.',
    },
  },
  132016: {
    en: { sentence: 'The template is disabled because of its low quality.', remedy: 'Use another template.' },
    ru: { sentence: 'Шаблон отключён из-за низкого качества.', remedy: 'Возьмите другой шаблон.' },
  },
};

/** `code` is the network's own; without one, or with one that needs no words of its own, the kind speaks. */
export function failureSentence(kind: FailureKind, code: number | undefined, language: Language): FailureSentence {
  const sentences = code === undefined ? undefined : BY_CODE[code];
  return (sentences ?? BY_KIND[kind])[language];
}
