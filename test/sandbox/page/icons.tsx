import type { ReactNode } from 'react';

/** Pixels of a side; 18 unless told. */
type IconProps = { size?: number | undefined };

function Picture({ size = 18, children }: IconProps & { children: ReactNode }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export const SendIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M4.5 12h7M4.5 12 3 4.6c-.1-.7.6-1.2 1.2-.9l16 7.400c.7.3.7 1.4 0 1.700l-16 7.400c-.6.3-1.3-.2-1.2-.9z" />
  </Picture>
);

export const PlusIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 5v14M5 12h14" />
  </Picture>
);

export const AsteriskIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 4v16M5 8l14 8M19 8 5 16" />
  </Picture>
);

export const DotsIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 5.5v.01M12 12v.01M12 18.5v.01" strokeWidth="2.8" />
  </Picture>
);

export const SunIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.500M12 19.500V21M3 12h1.500M19.5 12H21M5.6 5.600l1.1 1.100M17.3 17.300l1.1 1.100M5.6 18.400l1.1-1.100M17.3 6.700l1.1-1.1" />
  </Picture>
);

export const MoonIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M20 14.500A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.500z" />
  </Picture>
);

export const ClockIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.500V12l3 2" />
  </Picture>
);

export const BoltIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M13 3 5 13.500h6L10.5 21 19 10.500h-6z" />
  </Picture>
);

export const PersonIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.500c.8-4 3.700-6 7.500-6s6.700 2 7.500 6" />
  </Picture>
);

export const PersonPlusIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <circle cx="10" cy="8" r="3.8" />
    <path d="M3.5 20c.5-3.6 3.2-5.5 6.5-5.5 1.6 0 3 .4 4.1 1.200M18 14v6M15 17h6" />
  </Picture>
);

export const ListIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M9.5 6.500H20M9.5 12H20M9.5 17.500H20M4.8 6.500v.01M4.8 12v.01M4.8 17.500v.01" />
  </Picture>
);

export const LinkIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-.8.8M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l.8-.8" />
  </Picture>
);

export const BellIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500c.9.7 3.1.7 4 0" />
  </Picture>
);

export const WarningIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 4 3 19.500h18zM12 10v4M12 16.800v.01" />
  </Picture>
);

export const LockIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3" />
  </Picture>
);

export const EyeIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
    <circle cx="12" cy="12" r="2.8" />
  </Picture>
);

export const ChatIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M20 11.500c0 4-3.6 7-8 7-1 0-2-.1-2.9-.4L4.5 20l1.2-3.600A6.6 6.6 0 0 1 4 11.500c0-4 3.6-7 8-7s8 3 8 7z" />
  </Picture>
);

export const TasksIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <rect x="4" y="4" width="16" height="16" rx="3.5" />
    <path d="m8.5 12 2.5 2.5 4.5-5" />
  </Picture>
);

export const ChevronIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="m6 9.5 6 6 6-6" />
  </Picture>
);

export const ClipIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="m20 11.500-8.300 8.300a5.200 5.200 0 0 1-7.300-7.300l8.600-8.600a3.500 3.500 0 0 1 5 5l-8.600 8.600a1.700 1.700 0 0 1-2.500-2.500l7.900-7.900" />
  </Picture>
);

export const DownloadIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />
  </Picture>
);

export const ForwardIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="m13.500 5.500 6.500 6-6.500 6v-3.800C8.500 13.700 5.500 15.500 4 19c0-5.500 3-9.500 9.500-9.800z" />
  </Picture>
);

export const PhoneIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <rect x="7" y="3" width="10" height="18" rx="2.500" />
    <path d="M11 18h2" />
  </Picture>
);

export const PinIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <path d="M12 21c4.500-4.600 6.500-8 6.500-11a6.500 6.500 0 0 0-13 0c0 3 2 6.400 6.500 11z" />
    <circle cx="12" cy="10" r="2.300" />
  </Picture>
);

export const MicrophoneIcon = ({ size }: IconProps) => (
  <Picture size={size}>
    <rect x="9" y="3.500" width="6" height="11" rx="3" />
    <path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3" />
  </Picture>
);
