import type { DetectorId } from '#shared/contract/privacy.ts'

// Put together here, so that nobody's scanner takes them for real ones.
const letters = 'aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY'
const many = (length: number) => letters.repeat(Math.ceil(length / letters.length)).slice(0, length)
const digits = '0123456789abcdef'
const hex = (length: number) => digits.repeat(Math.ceil(length / 16)).slice(0, length)

/** Made-up secrets and personal data in their true formats, by the detector that finds them. */
export const SAMPLES: Record<DetectorId, readonly string[]> = {
  'openai-key': [`sk-proj-${many(120)}_-x1`, `sk-svcacct-${many(60)}`, `sk-${many(20)}T3BlbkFJ${many(20)}`],
  'anthropic-key': [`sk-ant-api03-${many(80)}-_${many(12)}AA`, `sk-ant-admin01-${many(80)}`],
  'google-key': [`AIzaSy${many(33)}`, `GOCSPX-${many(28)}`, `ya29.${many(60)}`],
  'aws-key': ['AKIAIOSFODNN7EXAMPLE', 'ASIAQWERTYUIOPA234SD'],
  'azure-key': [`${many(52)}JQQJ99BGACYeBjFXJ3w3AAABACOG${many(4)}`],
  'github-token': [`ghp_${many(36)}`, `gho_${many(36)}`, `github_pat_${many(22)}_${many(59)}`],
  'slack-token': ['xoxb-1234567890-1234567890123-AbCdEfGh', 'xapp-1-A012345-6789-abcdef0123'],
  'stripe-key': [`sk_live_${many(24)}`, `rk_test_${many(24)}`, `whsec_${many(32)}`],
  'huggingface-token': [`hf_${many(34)}`],
  'vendor-key': [
    `sk-${hex(32)}`, // DashScope, DeepSeek
    `sk-or-v1-${hex(64)}`,
    `gsk_${many(52)}`,
    `glpat-${many(20)}`,
    `npm_${many(36)}`,
    `SG.${many(22)}.${many(43)}`,
    `LTAI5t${many(18)}`,
  ],
  'bearer-token': [],
  jwt: [
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${many(43)}`,
    `eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.`,
    `eyJhbGciOiJSU0EtT0FFUCJ9.${many(40)}.${many(16)}.${many(60)}.${many(22)}`,
  ],
  'private-key': [
    `-----BEGIN RSA PRIVATE KEY-----\n${many(64)}\n${many(30)}==\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\r\n${many(64)}\r\n-----END PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\\n${many(64)}\\n-----END OPENSSH PRIVATE KEY-----`,
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${hex(32)}\n\n${many(64)}\n-----END RSA PRIVATE KEY-----`,
  ],
  email: [
    'ann@example.com',
    'ann.li+news@mail.example.co.uk',
    "o'neil_x%1@a-b.io",
    'josé@example.org',
    'иван@example.ru',
    'a@xn--fiqs8s.xn--fiqs8s',
  ],
  phone: [
    '13812345678',
    '+8613812345678',
    '+86 138 1234 5678',
    '+86-138-1234-5678',
    '008613812345678',
    '138-1234-5678',
    '010-62345678',
    '(0755) 8234 5678',
    '+1 (415) 555-2671',
    '(415) 555-2671',
    '415-555-2671',
    '415.555.2671',
    '+44 20 7946 0958',
    '+4930123456',
  ],
  card: [
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '3782 822463 10005',
    '6011111111111117',
    '30569309025904',
    '3530111333300000',
    '6200000000000005',
    '6212345678901265',
  ],
  'resident-id': ['11010519491231002X', '11010519491231002x', '440524198001010013'],
  ip: [
    '8.8.8.8',
    '192.168.1.254',
    '203.0.113.77',
    '2001:db8::8a2e:370:7334',
    'fe80::1ff:fe23:4567:890a',
    '::ffff:192.0.2.128',
  ],
  'local-ip': ['127.0.0.1', '0.0.0.0', '::1'],
}

/** What looks like any of them and is not. */
export const HARMLESS: readonly string[] = [
  'sk-learn and sk-toggleable__content-wrapper-with-a-long-name',
  'sk-short',
  'task-0123456789abcdef0123456789abcdef',
  'the hf_hub_download and hf_transfer functions',
  'gpt-4o-mini-2024-07-18',
  'claude-sonnet-4-5-20250929',
  'AKIA is how they begin',
  'XAKIAIOSFODNN7EXAMPLE',
  'Bearer authentication is required by this endpoint',
  'Authorization: required for all of these endpoints',
  'eyJhbGciOiJIUzI1NiJ9 alone is half a token',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
  'ann@example',
  '@ann and @example.com',
  'pkg@1.2.3, react@18.2.0',
  '@scope/name@latest',
  'icon@2x.png',
  'git@github.com:org/repo.git',
  '1234567890123', // epoch ms
  '1712345678901',
  '1700000000',
  '4111111111111112', // fails Luhn
  '41111111111111111111', // longer than any
  '94111111111111111', // digits of a longer number
  '0.4111111111111111',
  'id4111111111111111',
  '8a6e0804-2bd0-4672-b79d-d97027f9071a',
  '110105194912310021', // the check character is wrong
  '990105194912310020', // no such province
  '110105194913310025', // no such month
  '2110105194912310029', // digits of a longer number
  '23812345678',
  '138123456789',
  '12345',
  '2024-01-15 10:30:45',
  '2024-01-15T10:30:45+0800',
  '1.2.3',
  'v1.2.3.4',
  'version 1.2.3.4',
  '版本 1.2.3.4',
  'Chrome/120.0.0.0',
  '1.2.3.4.5',
  '1.2.3.4-beta',
  '256.1.1.1',
  '1.2.3.04',
  'std::string a::b dead::beef::Cafe',
  '12:34:56',
  'aa:bb:cc:dd:ee:ff',
  'arn:aws:s3:::bucket',
  'x = a ? b : c',
  'price: 1,234,567.89',
]
