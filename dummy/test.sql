-- Propromo's tables with four accounts and two monitored projects, to try the chat out. Nothing in it is real.
--
--   Postgres   psql -v ON_ERROR_STOP=1 -d <empty database> -f dummy/test.sql
--   SQLite     sqlite3 -bail <new file> < dummy/test.sql
--
-- customer@example.com, scrum.master@example.com and outsider@example.com have the password `password`.
-- Never load it where anyone else can sign in.
--
-- It only creates, all in one transaction: a database that already has one of these tables stays as it was.
-- The text is UTF-8; for a psql that assumes something else, set PGCLIENTENCODING=UTF8.

BEGIN;

-- Accounts and what they follow

CREATE TABLE users (
  id bigint NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  nickname varchar(255),
  email varchar(255) NOT NULL,
  email_verified_at timestamp(0),
  password varchar(255) NOT NULL,
  github_id varchar(255),
  auth_type varchar(255) NOT NULL,
  remember_token varchar(100),
  created_at timestamp(0),
  updated_at timestamp(0),
  CONSTRAINT users_email_unique UNIQUE (email)
);

CREATE TABLE monitors (
  id bigint NOT NULL PRIMARY KEY,
  type varchar(255) NOT NULL,
  login_name varchar(255),
  project_url varchar(255),
  organization_name varchar(255),
  pat_token text,
  readme varchar(255),
  public boolean,
  title varchar(255),
  short_description text,
  project_identification integer NOT NULL,
  monitor_hash varchar(255) NOT NULL,
  created_at timestamp(0),
  updated_at timestamp(0)
);

-- Not unique on purpose: Propromo lets somebody join the same monitor twice.
CREATE TABLE monitor_user (
  id bigint NOT NULL PRIMARY KEY,
  created_at timestamp(0),
  updated_at timestamp(0),
  monitor_id bigint NOT NULL REFERENCES monitors (id),
  user_id bigint NOT NULL REFERENCES users (id)
);

-- What a project consists of

CREATE TABLE repositories (
  id bigint NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  is_custom boolean,
  custom_repository_id integer,
  monitor_id bigint NOT NULL REFERENCES monitors (id),
  created_at timestamp(0),
  updated_at timestamp(0),
  CONSTRAINT repositories_custom_repository_id_unique UNIQUE (custom_repository_id)
);

CREATE TABLE milestones (
  id bigint NOT NULL PRIMARY KEY,
  title varchar(255) NOT NULL,
  url varchar(255) NOT NULL,
  state varchar(255) NOT NULL,
  description varchar(255),
  due_on timestamp(0),
  milestone_id integer NOT NULL,
  open_issues_count integer,
  closed_issues_count integer,
  progress double precision NOT NULL,
  repository_id bigint NOT NULL REFERENCES repositories (id),
  created_at timestamp(0),
  updated_at timestamp(0)
);

CREATE TABLE tasks (
  id bigint NOT NULL PRIMARY KEY,
  is_active boolean,
  body_url varchar(255),
  created_at date,
  updated_at date,
  last_edited_at date,
  closed_at date,
  custom_repository_id integer,
  body varchar(255),
  title varchar(255),
  url varchar(255),
  milestone_id bigint NOT NULL REFERENCES milestones (id)
);

CREATE TABLE assignees (
  id bigint NOT NULL PRIMARY KEY,
  avatar_url varchar(255),
  email varchar(255),
  login varchar(255),
  name varchar(255),
  pronouns varchar(255),
  url varchar(255),
  website_url varchar(255),
  task_id bigint NOT NULL REFERENCES tasks (id),
  created_at timestamp(0),
  updated_at timestamp(0)
);

CREATE TABLE labels (
  id bigint NOT NULL PRIMARY KEY,
  url varchar(255),
  name varchar(255),
  color varchar(255),
  created_at date,
  updated_at date,
  description varchar(255),
  is_default boolean,
  task_id bigint NOT NULL REFERENCES tasks (id)
);

CREATE TABLE releases (
  id bigint NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  description text,
  is_draft boolean DEFAULT FALSE NOT NULL,
  is_latest boolean DEFAULT FALSE NOT NULL,
  is_prerelease boolean DEFAULT FALSE NOT NULL,
  url varchar(255) NOT NULL,
  created_at timestamp(0) NOT NULL,
  updated_at timestamp(0) NOT NULL,
  monitor_id bigint NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
  repository_id bigint NOT NULL REFERENCES repositories (id) ON DELETE CASCADE
);

CREATE TABLE deployments (
  id bigint NOT NULL PRIMARY KEY,
  description text,
  log_url varchar(255) NOT NULL,
  environment_url varchar(255) NOT NULL,
  state varchar(255) NOT NULL,
  monitor_id bigint NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
  created_at timestamp(0),
  updated_at timestamp(0)
);

-- What Propromo noted while it fetched the projects

CREATE TABLE monitor_logs (
  id bigint NOT NULL PRIMARY KEY,
  monitor_id bigint NOT NULL REFERENCES monitors (id),
  status varchar(255),
  summary text,
  created_at timestamp(0),
  updated_at timestamp(0)
);

CREATE TABLE monitor_log_entries (
  id bigint NOT NULL PRIMARY KEY,
  monitor_log_id bigint NOT NULL REFERENCES monitor_logs (id),
  message text NOT NULL,
  level varchar(255) DEFAULT 'info' NOT NULL,
  context json,
  created_at timestamp(0),
  updated_at timestamp(0)
);

-- Accounts: the last one came through GitHub, so nobody knows its password

INSERT INTO users (id, name, nickname, email, email_verified_at, password, github_id, auth_type, created_at, updated_at) VALUES
  (1, 'René Aubertin', 'René', 'scrum.master@example.com', '2026-01-19 09:04:31',
   '$2y$12$vONVaOA1t9A51yl92Bd.veGr.HNbCZkLtVu6RJVuGpxeM65xeakzq', NULL, 'PROPROMO', '2026-01-19 09:02:10', '2026-01-19 09:04:31'),
  (2, 'Käthe Grüßmehl', 'Käthe', 'customer@example.com', '2026-02-10 06:35:48',
   '$2y$12$xguE/eLq7/XOCEhjzJ7ak.v1pMqva3/J.fzsc7tNQMuBl6U414Pnq', NULL, 'PROPROMO', '2026-02-10 06:31:05', '2026-02-10 06:35:48'),
  (3, 'Tomasz Wilk', NULL, 'outsider@example.com', NULL,
   '$2y$12$NUd.2vDjQkY0mxhgDUFgseZqJDLak1oUx3GHtMzD9r9W7LnFtHC6a', NULL, 'PROPROMO', '2026-05-04 15:20:00', '2026-05-04 15:20:00'),
  (4, 'Linnéa Voßberg', 'linnea-vossberg', 'linnea.vossberg@example.com', NULL,
   '$2y$12$3HPLAWjmGlMy/JI3Esy80ebCkM5UVsXwQGPGtnYU0RNLrew8hrBQy', '990417726150', 'GITHUB', '2026-03-02 18:47:22', '2026-09-14 07:58:03');

-- Monitors: an old, short hash, and one as Propromo makes them now, rawurlencode(base64_encode(<hash of the project URL>)),
-- whose percent sign is part of the stored value. It is an argon2 hash because a bcrypt one never gives a percent sign.

INSERT INTO monitors (id, type, login_name, project_url, organization_name, pat_token, readme, public, title, short_description,
  project_identification, monitor_hash, created_at, updated_at) VALUES
  (1, 'ORGANIZATION', NULL, 'https://github.com/orgs/grussmehl-online/projects/3', 'grussmehl-online', NULL,
   'The web shop of the Grüßmehl bakery: bread and cakes ordered until six in the evening, fetched or delivered the next morning.',
   TRUE, 'Grüßmehl bakery: web shop',
   'Order bread, rolls and cakes online, choose a time, fetch them in the café or have them delivered.',
   3, 'w32tgse', '2026-02-09 08:12:40', '2026-10-16 05:00:12'),
  (2, 'USER', 'linnea-vossberg', 'https://github.com/users/linnea-vossberg/projects/2', NULL, NULL,
   'Timetable and seat reservations for the steam trains between Wendelgrund and Übersteg.',
   FALSE, 'Wendelgrund heritage railway', NULL,
   2, 'JGFyZ29uMmlkJHY9MTkkbT01MTYsdD0yLHA9MiRmd1ZVMS9oY1VpSDZiOVEwWS9xRERBJDN0WXdmVlJ2cmNFRHdaL0dQVkpxMkoxRFNsRXh3L0xTWHh6bU1FajFEWTg%3D',
   '2026-03-03 10:26:55', '2026-10-15 05:00:09');

-- Who follows what: the lowest id is the owner, and Propromo leaves the times empty. The customer stands here twice, the outsider nowhere.

INSERT INTO monitor_user (id, created_at, updated_at, monitor_id, user_id) VALUES
  (1, NULL, NULL, 1, 1),
  (2, NULL, NULL, 1, 2),
  (3, NULL, NULL, 2, 1),
  (4, NULL, NULL, 2, 4),
  (5, NULL, NULL, 1, 2);

-- Repositories

INSERT INTO repositories (id, name, is_custom, custom_repository_id, monitor_id, created_at, updated_at) VALUES
  (1, 'webshop', FALSE, NULL, 1, '2026-02-09 08:12:44', '2026-10-16 05:00:12'),
  (2, 'order-desk', FALSE, NULL, 1, '2026-02-09 08:12:44', '2026-10-16 05:00:12'),
  (3, 'timetable', FALSE, NULL, 2, '2026-03-03 10:26:58', '2026-10-15 05:00:09');

-- Milestones: progress is the share of closed tasks

INSERT INTO milestones (id, title, url, state, description, due_on, milestone_id, open_issues_count, closed_issues_count, progress,
  repository_id, created_at, updated_at) VALUES
  (1, 'Product pages', 'https://github.com/grussmehl-online/webshop/milestone/1', 'CLOSED',
   'Everything the bakery sells, with pictures, prices and allergens.', '2026-03-31 00:00:00', 1, 0, 4, 100,
   1, '2026-02-09 08:12:45', '2026-03-30 05:00:11'),
  (2, 'Basket and checkout', 'https://github.com/grussmehl-online/webshop/milestone/2', 'OPEN',
   'From the first roll in the basket to the paid order.', '2026-10-30 00:00:00', 2, 1, 4, 80,
   1, '2026-02-09 08:12:45', '2026-10-16 05:00:12'),
  (3, 'Pick-up and delivery', 'https://github.com/grussmehl-online/webshop/milestone/3', 'OPEN',
   'Choose a time in the café or an address within ten kilometres.', '2026-12-11 00:00:00', 3, 3, 2, 40,
   1, '2026-06-15 05:00:10', '2026-10-16 05:00:12'),
  (4, 'Orders on the screen', 'https://github.com/grussmehl-online/order-desk/milestone/1', 'CLOSED',
   'The shop staff see what was ordered and hand it over.', '2026-06-30 00:00:00', 1, 0, 3, 100,
   2, '2026-02-09 08:12:46', '2026-06-29 05:00:10'),
  (5, 'Baking list', 'https://github.com/grussmehl-online/order-desk/milestone/2', 'OPEN',
   'What the bakehouse has to make tonight, on one sheet.', '2027-01-29 00:00:00', 2, 3, 0, 0,
   2, '2026-09-21 05:00:10', '2026-10-16 05:00:12'),
  (6, 'Season 2026 online', 'https://github.com/linnea-vossberg/timetable/milestone/1', 'CLOSED',
   'All trains of the season, readable on a phone.', '2026-04-30 00:00:00', 1, 0, 3, 100,
   3, '2026-03-03 10:26:59', '2026-04-28 05:00:08'),
  (7, 'Seat reservations', 'https://github.com/linnea-vossberg/timetable/milestone/2', 'OPEN',
   'Groups and families reserve their seats in advance.', '2026-11-20 00:00:00', 2, 2, 2, 50,
   3, '2026-05-05 05:00:08', '2026-10-15 05:00:09'),
  (8, 'Other languages', 'https://github.com/linnea-vossberg/timetable/milestone/3', 'OPEN',
   NULL, NULL, 3, 2, 0, 0,
   3, '2026-09-01 05:00:08', '2026-10-15 05:00:09');

-- Tasks

INSERT INTO tasks (id, milestone_id, is_active, created_at, updated_at, last_edited_at, closed_at, url, title, body) VALUES
  (1, 1, FALSE, '2026-02-11', '2026-02-20', NULL, '2026-02-20', 'https://github.com/grussmehl-online/webshop/issues/1',
   'Show all breads with price and weight', 'Prices per loaf, and per kilogram below them.'),
  (2, 1, FALSE, '2026-02-11', '2026-03-04', '2026-02-12', '2026-03-04', 'https://github.com/grussmehl-online/webshop/issues/2',
   'List the allergens of every product', 'The fourteen groups that the law names, as words and not only as numbers.'),
  (3, 1, FALSE, '2026-02-16', '2026-03-18', NULL, '2026-03-18', 'https://github.com/grussmehl-online/webshop/issues/5',
   'Pictures load quickly on a phone', NULL),
  (4, 1, FALSE, '2026-02-23', '2026-03-27', NULL, '2026-03-27', 'https://github.com/grussmehl-online/webshop/issues/8',
   'Hide what is sold out', 'Sold-out products move to the end of the list and cannot be put into the basket.'),
  (5, 2, FALSE, '2026-04-01', '2026-04-22', NULL, '2026-04-22', 'https://github.com/grussmehl-online/webshop/issues/11',
   'Put products into the basket', NULL),
  (6, 2, FALSE, '2026-04-01', '2026-05-13', NULL, '2026-05-13', 'https://github.com/grussmehl-online/webshop/issues/12',
   'Keep the basket for a week', 'Somebody who comes back finds the basket as it was, less what is no longer sold.'),
  (7, 2, FALSE, '2026-05-18', '2026-07-08', '2026-06-02', '2026-07-08', 'https://github.com/grussmehl-online/webshop/issues/17',
   'Pay by card', 'With a test account first. The receipt goes out by email.'),
  (8, 2, FALSE, '2026-05-18', '2026-08-19', NULL, '2026-08-19', 'https://github.com/grussmehl-online/webshop/issues/18',
   'Order without an account', 'Name, telephone number and email are enough.'),
  (9, 2, TRUE, '2026-08-24', '2026-10-12', '2026-10-12', NULL, 'https://github.com/grussmehl-online/webshop/issues/26',
   'Voucher codes', 'One voucher an order; what is left on it stays valid.'),
  (10, 3, FALSE, '2026-06-15', '2026-07-22', NULL, '2026-07-22', 'https://github.com/grussmehl-online/webshop/issues/20',
   'Choose a pick-up time', 'Every quarter of an hour from half past six to noon.'),
  (11, 3, FALSE, '2026-06-15', '2026-09-09', NULL, '2026-09-09', 'https://github.com/grussmehl-online/webshop/issues/21',
   'Close the orders at six in the evening', 'Later orders are for the day after tomorrow, and the page says so before paying.'),
  (12, 3, TRUE, '2026-07-27', '2026-10-14', '2026-09-30', NULL, 'https://github.com/grussmehl-online/webshop/issues/24',
   'Check whether an address is within reach', NULL),
  (13, 3, TRUE, '2026-09-14', '2026-10-05', NULL, NULL, 'https://github.com/grussmehl-online/webshop/issues/29',
   'Delivery fee by distance', 'Free from 25 € within the town.'),
  (14, 3, TRUE, '2026-10-05', '2026-10-05', NULL, NULL, 'https://github.com/grussmehl-online/webshop/issues/31',
   'Holidays and days off', 'No pick-up times on days when the bakery is closed.'),
  (15, 4, FALSE, '2026-03-09', '2026-04-15', NULL, '2026-04-15', 'https://github.com/grussmehl-online/order-desk/issues/1',
   'List the orders of the day by pick-up time', NULL),
  (16, 4, FALSE, '2026-03-09', '2026-05-20', '2026-04-20', '2026-05-20', 'https://github.com/grussmehl-online/order-desk/issues/2',
   'Mark an order as handed over', 'One touch, and one more to take it back.'),
  (17, 4, FALSE, '2026-04-20', '2026-06-26', NULL, '2026-06-26', 'https://github.com/grussmehl-online/order-desk/issues/4',
   'A sound for a new order', 'Loud enough for the shop, and it can be turned off.'),
  (18, 5, TRUE, '2026-09-21', '2026-10-13', NULL, NULL, 'https://github.com/grussmehl-online/order-desk/issues/9',
   'Add up the orders for each product', 'Rolls in trays of thirty, breads in pieces.'),
  (19, 5, TRUE, '2026-09-21', '2026-09-28', NULL, NULL, 'https://github.com/grussmehl-online/order-desk/issues/10',
   'Print the list on A4', NULL),
  (20, 5, TRUE, '2026-10-06', '2026-10-06', NULL, NULL, 'https://github.com/grussmehl-online/order-desk/issues/12',
   'Wishes for cakes, such as names and candles', 'What the customer wrote stands below the cake, word for word.'),
  (21, 6, FALSE, '2026-03-03', '2026-03-20', NULL, '2026-03-20', 'https://github.com/linnea-vossberg/timetable/issues/1',
   'Timetable for every day of operation', NULL),
  (22, 6, FALSE, '2026-03-03', '2026-04-10', NULL, '2026-04-10', 'https://github.com/linnea-vossberg/timetable/issues/2',
   'Stops with a map', 'Wendelgrund, Mühlsteg, Café am Viadukt, Übersteg.'),
  (23, 6, FALSE, '2026-03-23', '2026-04-27', '2026-03-24', '2026-04-27', 'https://github.com/linnea-vossberg/timetable/issues/5',
   'Say when a train does not run', 'The notice stands above the timetable until the day is over.'),
  (24, 7, FALSE, '2026-05-05', '2026-06-17', NULL, '2026-06-17', 'https://github.com/linnea-vossberg/timetable/issues/8',
   'Seat plan of the three carriages', NULL),
  (25, 7, FALSE, '2026-05-05', '2026-09-11', NULL, '2026-09-11', 'https://github.com/linnea-vossberg/timetable/issues/9',
   'Reserve for a group of up to twenty', 'Larger groups are asked to telephone.'),
  (26, 7, TRUE, '2026-07-06', '2026-10-08', NULL, NULL, 'https://github.com/linnea-vossberg/timetable/issues/13',
   'Space for wheelchairs and prams', 'Two places in the middle carriage.'),
  (27, 7, TRUE, '2026-09-14', '2026-10-14', '2026-10-01', NULL, 'https://github.com/linnea-vossberg/timetable/issues/16',
   'Cancel a reservation', 'Without a fee until the evening before.'),
  (28, 8, TRUE, '2026-09-01', '2026-09-01', NULL, NULL, 'https://github.com/linnea-vossberg/timetable/issues/14',
   'English', NULL),
  (29, 8, TRUE, '2026-09-01', '2026-09-22', NULL, NULL, 'https://github.com/linnea-vossberg/timetable/issues/15',
   'Français', NULL);

-- Assignees and labels

INSERT INTO assignees (id, login, name, url, task_id, created_at, updated_at) VALUES
  (1, 'ida-plotnik', 'Ida Plotnik', 'https://github.com/ida-plotnik', 1, '2026-02-20 05:00:10', '2026-02-20 05:00:10'),
  (2, 'ida-plotnik', 'Ida Plotnik', 'https://github.com/ida-plotnik', 7, '2026-07-08 05:00:10', '2026-07-08 05:00:10'),
  (3, 'rene-aubertin', 'René Aubertin', 'https://github.com/rene-aubertin', 9, '2026-10-12 05:00:10', '2026-10-12 05:00:10'),
  (4, 'ida-plotnik', 'Ida Plotnik', 'https://github.com/ida-plotnik', 12, '2026-10-14 05:00:10', '2026-10-14 05:00:10'),
  (5, 'joao-trindel', 'João Trindel', 'https://github.com/joao-trindel', 12, '2026-10-14 05:00:10', '2026-10-14 05:00:10'),
  (6, 'joao-trindel', 'João Trindel', 'https://github.com/joao-trindel', 16, '2026-05-20 05:00:10', '2026-05-20 05:00:10'),
  (7, 'joao-trindel', NULL, 'https://github.com/joao-trindel', 18, '2026-10-13 05:00:10', '2026-10-13 05:00:10'),
  (8, 'linnea-vossberg', 'Linnéa Voßberg', 'https://github.com/linnea-vossberg', 21, '2026-03-20 05:00:08', '2026-03-20 05:00:08'),
  (9, 'linnea-vossberg', 'Linnéa Voßberg', 'https://github.com/linnea-vossberg', 26, '2026-10-08 05:00:08', '2026-10-08 05:00:08'),
  (10, 'rene-aubertin', 'René Aubertin', 'https://github.com/rene-aubertin', 27, '2026-10-14 05:00:08', '2026-10-14 05:00:08');

INSERT INTO labels (id, name, color, created_at, updated_at, description, is_default, task_id) VALUES
  (1, 'enhancement', 'a2eeef', '2026-02-11', '2026-02-11', 'New feature or request', TRUE, 1),
  (2, 'law', 'b60205', '2026-02-11', '2026-02-11', 'Required by law', FALSE, 2),
  (3, 'bug', 'd73a4a', '2026-02-16', '2026-02-16', 'Something is not working', TRUE, 3),
  (4, 'payment', '0e8a16', '2026-05-18', '2026-05-18', NULL, FALSE, 7),
  (5, 'payment', '0e8a16', '2026-08-24', '2026-08-24', NULL, FALSE, 9),
  (6, 'enhancement', 'a2eeef', '2026-08-24', '2026-08-24', 'New feature or request', TRUE, 9),
  (7, 'question', 'd876e3', '2026-10-05', '2026-10-05', 'Further information is requested', TRUE, 14),
  (8, 'bakehouse', 'fbca04', '2026-09-21', '2026-09-21', 'Used in the bakehouse at night', FALSE, 18),
  (9, 'enhancement', 'a2eeef', '2026-03-03', '2026-03-03', 'New feature or request', TRUE, 21),
  (10, 'accessibility', '1d76db', '2026-07-06', '2026-07-06', 'For everyone who travels', FALSE, 26),
  (11, 'translation', 'c5def5', '2026-09-01', '2026-09-01', NULL, FALSE, 28),
  (12, 'translation', 'c5def5', '2026-09-01', '2026-09-01', NULL, FALSE, 29);

-- Releases and deployments

INSERT INTO releases (id, name, description, is_draft, is_latest, is_prerelease, url, created_at, updated_at,
  monitor_id, repository_id) VALUES
  (1, '1.0', 'Product pages with pictures, prices and allergens.', FALSE, FALSE, FALSE,
   'https://github.com/grussmehl-online/webshop/releases/tag/v1.0', '2026-03-30 12:15:00', '2026-03-30 12:15:00', 1, 1),
  (2, '1.1', 'Basket, card payment, orders without an account.', FALSE, TRUE, FALSE,
   'https://github.com/grussmehl-online/webshop/releases/tag/v1.1', '2026-08-20 09:40:00', '2026-08-20 09:40:00', 1, 1),
  (3, '1.2 beta', 'Pick-up times and the evening deadline, to try out in the café.', FALSE, FALSE, TRUE,
   'https://github.com/grussmehl-online/webshop/releases/tag/v1.2-beta', '2026-09-10 14:05:00', '2026-09-11 07:20:00', 1, 1),
  (4, '1.0', 'The orders of the day on the screen in the shop.', FALSE, TRUE, FALSE,
   'https://github.com/grussmehl-online/order-desk/releases/tag/v1.0', '2026-06-29 08:30:00', '2026-06-29 08:30:00', 1, 2),
  (5, 'Season 2026', NULL, FALSE, TRUE, FALSE,
   'https://github.com/linnea-vossberg/timetable/releases/tag/2026', '2026-04-28 16:00:00', '2026-04-28 16:00:00', 2, 3),
  (6, 'Reservations', 'Seat plan and reservations for groups.', TRUE, FALSE, FALSE,
   'https://github.com/linnea-vossberg/timetable/releases/tag/reservations', '2026-09-12 11:10:00', '2026-10-08 11:45:00', 2, 3);

INSERT INTO deployments (id, description, log_url, environment_url, state, monitor_id, created_at, updated_at) VALUES
  (1, 'Shop 1.0', 'https://github.com/grussmehl-online/webshop/deployments/1', 'https://shop.grussmehl.example',
   'INACTIVE', 1, '2026-03-30 12:21:07', '2026-08-20 09:52:30'),
  (2, 'Shop 1.1', 'https://github.com/grussmehl-online/webshop/deployments/2', 'https://shop.grussmehl.example',
   'SUCCESS', 1, '2026-08-20 09:45:12', '2026-08-20 09:52:30'),
  (3, 'Preview of 1.2', 'https://github.com/grussmehl-online/webshop/deployments/3', 'https://preview.grussmehl.example',
   'FAILURE', 1, '2026-09-10 14:11:48', '2026-09-10 14:14:02'),
  (4, 'Preview of 1.2', 'https://github.com/grussmehl-online/webshop/deployments/4', 'https://preview.grussmehl.example',
   'SUCCESS', 1, '2026-09-11 07:22:19', '2026-09-11 07:26:55'),
  (5, NULL, 'https://github.com/linnea-vossberg/timetable/deployments/1', 'https://wendelgrund.example',
   'SUCCESS', 2, '2026-04-28 16:03:33', '2026-04-28 16:05:10');

-- What Propromo noted

INSERT INTO monitor_logs (id, monitor_id, status, summary, created_at, updated_at) VALUES
  (1, 1, 'started', 'Monitor created.', '2026-02-09 08:12:40', '2026-02-09 08:12:40'),
  (2, 1, 'finished', 'Project fetched.', '2026-10-16 05:00:00', '2026-10-16 05:00:12'),
  (3, 2, 'started', 'Monitor created.', '2026-03-03 10:26:55', '2026-03-03 10:26:55'),
  (4, 2, 'finished', 'Project fetched at the second try.', '2026-10-15 05:00:00', '2026-10-15 05:00:09');

INSERT INTO monitor_log_entries (id, monitor_log_id, message, level, context, created_at, updated_at) VALUES
  (1, 1, 'The monitor was created.', 'info', '{"project_url": "https://github.com/orgs/grussmehl-online/projects/3"}',
   '2026-02-09 08:12:40', '2026-02-09 08:12:40'),
  (2, 1, 'Repositories and milestones were fetched.', 'info', '{"repositories": 2, "milestones": 3}',
   '2026-02-09 08:12:46', '2026-02-09 08:12:46'),
  (3, 2, 'Repositories and milestones were fetched.', 'info', '{"repositories": 2, "milestones": 5}',
   '2026-10-16 05:00:05', '2026-10-16 05:00:05'),
  (4, 2, 'Tasks were fetched.', 'info', '{"tasks": 20}', '2026-10-16 05:00:12', '2026-10-16 05:00:12'),
  (5, 3, 'The monitor was created.', 'info', '{"project_url": "https://github.com/users/linnea-vossberg/projects/2"}',
   '2026-03-03 10:26:55', '2026-03-03 10:26:55'),
  (6, 4, 'GitHub did not answer in time.', 'warning', NULL, '2026-10-15 05:00:04', '2026-10-15 05:00:04'),
  (7, 4, 'Tasks were fetched.', 'info', '{"tasks": 9}', '2026-10-15 05:00:09', '2026-10-15 05:00:09');

COMMIT;
