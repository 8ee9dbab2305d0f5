export const connectionWords = {
  reason_credentialsRejected: 'WhatsApp не принимает токен доступа',
  reason_credentialsRejected_dialog360: '360dialog не принимает ключ API',
  reason_unavailable: 'WhatsApp не отвечает',
  reason_unavailable_dialog360: '360dialog не отвечает',
  reason_rateLimited: 'WhatsApp просит отправлять медленнее',
  reason_rateLimited_dialog360: '360dialog просит отправлять медленнее',
  reason_disabled: 'WhatsApp отключил аккаунт',
  reason_ownerDisconnected: 'Владелец отключил номер в WhatsApp',
  reason_suspended: 'Владелец меняет телефон или только что заново зарегистрировал приложение',
  pausedMeans_credentialsRejected:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, когда WhatsApp снова примет данные доступа: введите новые здесь.',
  pausedMeans_credentialsRejected_dialog360:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, когда 360dialog снова примет ключ API: введите новый здесь.',
  pausedMeans_unavailable:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, как только WhatsApp снова ответит.',
  pausedMeans_unavailable_dialog360:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, как только 360dialog снова ответит.',
  pausedMeans_rateLimited:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, как только WhatsApp разрешит.',
  pausedMeans_rateLimited_dialog360:
    'Сейчас клиентам ничего не отправляется; их сообщения принимаются. Ответы ждут и уйдут сами, как только 360dialog разрешит.',
  pausedMeans_suspended:
    'Клиентам ничего не отправляется, а то, что они пишут тем временем, остаётся только на телефоне. Ответы ждут и уйдут сами, когда WhatsApp сообщит, что телефон снова на связи, — обычно через несколько минут.',
  pausedMeans_disabled:
    'Клиентам ничего не отправляется. Ответы ждут и уйдут сами, если WhatsApp снимет блокировку: запросите проверку в поддержке Meta Business.',
  pausedMeans_ownerDisconnected:
    'Клиентам ничего не отправляется, и их сообщения сюда больше не приходят. Ответы ждут и сами не уйдут; они уйдут, когда связь восстановят в WhatsApp и введут здесь рабочий токен. Если вместо этого отключить номер, они не уйдут совсем, и в задачах об этом будет сказано.',
  road_cloud: 'WhatsApp Cloud API',
  road_businessApp: 'Общий с приложением WhatsApp Business',
  road_dialog360: '360dialog',
  quality_green: 'Высокое',
  quality_yellow: 'Среднее',
  quality_red: 'Низкое',
  quality_unknown: 'Без оценки',
  network_APPROVED: 'одобрено',
  network_AVAILABLE_WITHOUT_REVIEW: 'можно использовать без проверки',
  network_DECLINED: 'отклонено',
  network_EXPIRED: 'истекло',
  network_PENDING_REVIEW: 'на проверке',
  network_NONE: 'нет',
  network_TIER_50: '50',
  network_TIER_250: '250',
  network_TIER_1K: '1 000',
  network_TIER_2K: '2 000',
  network_TIER_10K: '10 000',
  network_TIER_100K: '100 000',
  network_TIER_UNLIMITED: 'без ограничения',
  network_STANDARD: 'обычная',
  network_HIGH: 'высокая',
  network_CONNECTED: 'подключён',
  network_PENDING: 'в ожидании',
  network_CLOUD_API: 'Cloud API',
  network_NOT_APPLICABLE: 'не на платформе',
};
