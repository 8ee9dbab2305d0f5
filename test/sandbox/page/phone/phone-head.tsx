import { ActionIcon, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core';
import type { BusinessNumber } from '../control/world.ts';
import { ChevronIcon, DotsIcon, EyeIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';

type PhoneHeadProps = {
  number: BusinessNumber;
  numbers: BusinessNumber[];
  onNumber: (phoneNumberId: string) => void;
  onRead: () => void;
  onMarketing: (choice: 'stop' | 'resume') => void;
};

/** Whom the customer is writing to; another of the business's numbers is one click away. */
export function PhoneHead({ number, numbers, onNumber, onRead, onMarketing }: PhoneHeadProps) {
  const t = useTexts();
  return (
    <header className="phone-head">
      <PersonAvatar name={number.verifiedName} size={38} />
      <div className="phone-title">
        {numbers.length > 1 ? (
          <Menu position="bottom-start" withinPortal>
            <Menu.Target>
              <UnstyledButton
                className="phone-number"
                aria-label={t.chosenNumber(number.verifiedName, number.displayPhoneNumber)}
              >
                <Name number={number} />
                <ChevronIcon size={16} />
              </UnstyledButton>
            </Menu.Target>
            <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
              <Menu.Label>{t.businessNumber}</Menu.Label>
              {numbers.map((one) => (
                <Menu.Item
                  key={one.phoneNumberId}
                  leftSection={<PersonAvatar name={one.verifiedName} size={24} />}
                  onClick={() => onNumber(one.phoneNumberId)}
                >
                  {one.verifiedName}
                  <Text size="xs" c="dimmed">
                    {one.displayPhoneNumber}
                  </Text>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : (
          <Name number={number} />
        )}
        <Text size="xs" className="phone-subtitle" truncate>
          {number.displayPhoneNumber}
        </Text>
      </div>
      <Tooltip label={t.markRead} withArrow>
        <ActionIcon variant="transparent" c="inherit" aria-label={t.markRead} onClick={onRead}>
          <EyeIcon />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="transparent" c="inherit" aria-label={t.offersOf(number.verifiedName)}>
            <DotsIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t.offers}</Menu.Label>
          <Menu.Item onClick={() => onMarketing('stop')}>{t.stopOffers}</Menu.Item>
          <Menu.Item onClick={() => onMarketing('resume')}>{t.resumeOffers}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </header>
  );
}

function Name({ number }: { number: BusinessNumber }) {
  return (
    <Text fw={600} size="sm" truncate>
      {number.verifiedName}
    </Text>
  );
}
