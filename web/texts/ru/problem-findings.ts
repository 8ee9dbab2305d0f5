import { failures } from './failures.ts';

const WITH_COUNTRY = 'Укажите его с «+» и кодом страны';

/** Why a conversation was not started. */
const starts = {
  'start:empty': `Телефон не указан. ${WITH_COUNTRY}`,
  'start:country-missing': `В телефоне нет кода страны. ${WITH_COUNTRY}`,
  'start:not-a-number': `Это не номер телефона. ${WITH_COUNTRY}`,
  'start:too-short': `Номер слишком короткий. ${WITH_COUNTRY}`,
  'start:too-long': `Номер слишком длинный. ${WITH_COUNTRY}`,
  'start:impossible': `Такого номера в этой стране быть не может. ${WITH_COUNTRY}`,
  'start:ambiguous': `Неясно, указан ли номер с кодом страны или без него. ${WITH_COUNTRY}`,
  'start:landline': 'Это городской номер, в WhatsApp его быть не может. Укажите мобильный номер',
  'start:own-number': 'Это номер самого подключения. Укажите телефон клиента',
  'start:unknown-identity': 'Такой клиент в этом аккаунте неизвестен. Укажите телефон клиента',
  'start:no-address': 'У клиента нет телефона или идентификатора, на который пишет этот номер. Укажите телефон',
  'start:no-such-contact': 'В Planfix нет такого контакта, или токену он недоступен. Укажите доступный контакт',
  'start:contact-without-phone':
    'У контакта нет телефона, на который можно написать в WhatsApp. Добавьте мобильный телефон с кодом страны и ' +
    'отправьте ещё раз',
  'start:no-contact-in-task': 'Постановщик и контрагент задачи — не контакты. Укажите также контакт или телефон',
  'start:no-such-task': 'В Planfix нет такой задачи, или токену она недоступна. Укажите доступную задачу',
  'start:task-busy': 'Диалог как раз переносится в другую задачу. Отправьте ещё раз чуть позже',
  'start:not-connected': 'Подключение не работает. Попросите администратора подключить номер',
  'start:window-closed':
    'Клиент не писал последние 24 часа: WhatsApp принимает только одобренные шаблоны. Отправьте шаблон или дождитесь ' +
    'сообщения клиента',
  'start:opted-out': 'Клиент отказался от рекламных сообщений. Не отправляйте рекламу; другие шаблоны возможны',
  'start:unclear-connection':
    'Неясно, с какого номера WhatsApp отправить этот комментарий. Отправьте его кнопкой с параметром connection или в ' +
    'задаче с шаблоном нужного номера',
};

/** What problems say beside what checks find, by code; `{{…}}` is where a value goes. */
export const problemFindings: Readonly<Record<string, string>> = {
  ...failures,
  ...starts,

  // Связь номера с WhatsApp.
  'account-restricted': 'WhatsApp ограничил аккаунт',
  'account-restricted-until': 'WhatsApp ограничил аккаунт до {{until}} UTC',
  'account-disabled': 'WhatsApp отключил аккаунт',
  'owner-ended': 'Номер отключён в WhatsApp',
  'network-reason': 'Причина: {{reason}}',
  'network-initiator': 'Инициатор: {{initiator}}',
  'restricted-remedy': 'Что ограничено и как запросить проверку, сказано в WhatsApp Manager → Account overview',
  'discard-when-over': 'Когда ограничение закончится, отбросьте эту запись',
  'disabled-remedy':
    'Отправка невозможна; запросите проверку в поддержке Meta Business. Сообщения ждут и потом уйдут сами',
  'ended-remedy':
    'Ничего больше не отправляется, но ничего и не теряется. Если так и задумано, отключите номер и здесь; если нет, ' +
    'подключите его снова (приложение, которое не открывали 14 дней, WhatsApp отключает сам)',
  'suspension-lasts':
    'WhatsApp приостановил номер, потому что сменился телефон или приложение зарегистрировали заново, и связь до сих ' +
    'пор не вернулась. Откройте WhatsApp Business с этим номером на новом телефоне; если номер забрал другой сервис, ' +
    'отключите его здесь',
  'still-paused': 'Отключение отменено, но подключение приостановлено: то, что случилось тем временем, не прошло',
  'remove-at-provider':
    'Уберите адрес вебхука Parley у этого номера в консоли провайдера (у 360dialog это Hub); пока он там, провайдер ' +
    'обращается по адресу, который больше не отвечает',
  'disconnect-unconfirmed':
    'Первый шаг отключения сделан, второй нет: сообщения клиентов сохраняются, но в задачи не попадают. Выполните шаги ' +
    'на странице подключения и подтвердите их там или отмените отключение',

  // Диалоги и задачи.
  'nobody-notified': 'Комментарий {{comment}} в задаче {{task}} никого снаружи не уведомил; возможно, клиент его ждёт',
  'two-contacts': 'Контакты {{contacts}} и {{last}} в Planfix — один человек: объедините их в {{into}}',
  'phone-has-new-owner': 'Телефон этого клиента теперь принадлежит другому аккаунту WhatsApp',
  'other-conversation': 'Диалог с новым владельцем: {{conversation}}',
  'assigner-not-kept': 'Planfix принял, но не сохранил постановщика',
  'counterparty-not-kept': 'Planfix принял, но не сохранил контрагента',
  'field-not-kept': 'Planfix принял, но не сохранил поле {{field}}',
  'fields-not-taken': 'Planfix не принял: {{fields}}',
  'echo-author-refused': 'Planfix не принимает {{author}} автором комментариев (автор сообщений коллег)',
  'start-asked': 'Запрос в Planfix',
  'start-asked-contact': 'Запрос в Planfix для контакта {{contact}}',
  'start-asked-task': 'Запрос в Planfix для задачи {{task}}',
  'start-asked-both': 'Запрос в Planfix для контакта {{contact}} и задачи {{task}}',
};
