const CHOOSE_APP = 'Выберите приложение Meta из списка';
const CHOOSE_ACCOUNT = 'Выберите аккаунт Planfix из списка';
const CHOOSE_CONNECTION = 'Выберите подключение из списка';

/** Accounts, Meta apps, connections and problems: an English sentence of the API → Russian. */
export const connectionRefusals = {
  'A Planfix account with this address exists already': 'Аккаунт Planfix с этим адресом уже есть',
  'The account is not connected (yet); connect it anew': 'Аккаунт не подключён; подключите его заново',
  'There is no Planfix account with this id': 'Такого аккаунта Planfix нет',
  'There is no connected Planfix account with this id': 'Такого подключённого аккаунта Planfix нет',
  'Use an id from GET /v1/planfix-accounts': CHOOSE_ACCOUNT,
  'A Meta app with this appId exists already': 'Приложение Meta с этим App ID уже добавлено',
  'There is no Meta app with this id': 'Такого приложения Meta нет',
  'Use an id from GET /v1/meta-apps': CHOOSE_APP,

  'This number is connected already, or is being connected just now':
    'Этот номер уже подключён или как раз подключается',
  'There is no sign-up of this Meta app with this id that is ready; its token is kept for an hour':
    'Готовой регистрации через это приложение Meta нет; её токен хранится один час',
  'Start the sign-up again': 'Начните регистрацию через Meta заново',
  'Embedded Signup is not set up for this Meta app': 'Для этого приложения Meta не настроен Embedded Signup',
  'Set embeddedSignup of the Meta app, or connect the number with an access token':
    'Настройте его в карточке приложения или подключите номер по токену доступа',
  'This sign-up has had its code; start it again for another one':
    'Код этой регистрации уже получен; чтобы получить другой, начните заново',

  'The connection is not connected (yet); connect it anew': 'Подключение не работает; подключите номер заново',
  'The connection is {{state}}': 'Подключение {{state}}',
  'The connection of this conversation is {{state}}': 'Подключение этого диалога {{state}}',
  'The connection is {{state}}: there is nothing left to check': 'Подключение {{state}}: проверять нечего',
  'The connection is {{state}}: there is nothing to disconnect': 'Подключение {{state}}: отключать нечего',
  'The connection is {{state}}: nothing waits to be confirmed': 'Подключение {{state}}: подтверждать нечего',
  'The connection is {{state}}: messages are decided about while it is disconnecting':
    'Подключение {{state}}: решать, что делать с сообщениями, можно только во время отключения',
  'This connection is {{state}}: its templates cannot be read now':
    'Подключение {{state}}: прочитать его шаблоны сейчас нельзя',
  'There is no connection with this id': 'Такого подключения нет',
  'Use an id from GET /v1/connections': CHOOSE_CONNECTION,
  'Use an `id` of GET /v1/connections': CHOOSE_CONNECTION,
  'Use an id of GET /v1/connections': CHOOSE_CONNECTION,
  'Cancel the disconnection, or send before it ends what is queued (queued-messages)':
    'Отмените отключение или, пока оно не закончилось, отправьте то, что стоит в очереди',
  'Connect the number again: its conversations go on': 'Подключите номер снова: его диалоги продолжатся',
  'Wait until the connection is connected; GET /v1/connections shows its state':
    'Подождите, пока подключение заработает; его состояние видно на странице «Подключения»',
  'This number is linked outside of Parley, and has to be unlinked there':
    'Этот номер связан вне Parley, там же его нужно и отвязать',
  'Do what `steps` says, and confirm with "owner-said"': 'Выполните шаги на странице отключения и подтвердите их',
  'The number has been disconnected outside of Parley already; connect it again instead':
    'Номер уже отключён вне Parley; вместо отмены подключите его снова',

  'The problem is settled already': 'Проблема уже решена',
  'The problem names no comment': 'В проблеме не указан комментарий',
  'The comment is on its way to another customer of the task: try again soon':
    'Комментарий как раз отправляется другому клиенту этой задачи; повторите чуть позже',
  'The message is no longer {{message}}': 'Сообщение больше {{message}}',
  'The mailing of this message is {{mailing}}': 'Рассылка этого сообщения {{mailing}}',
  'A problem of kind "{{kind}}" cannot be decided like this': 'Для проблемы «{{kind}}» такое решение невозможно',
  'A problem of kind "{{kind}}" allows only {{decisions}}': 'Для проблемы «{{kind}}» возможно только: {{decisions}}',
  'A problem of kind "{{kind}}" ends by itself when its cause is gone':
    'Проблема «{{kind}}» закроется сама, когда исчезнет её причина',
  'Mend its cause: it ends by itself': 'Устраните причину: проблема закроется сама',
};
