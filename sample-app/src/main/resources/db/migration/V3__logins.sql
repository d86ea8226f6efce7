create table logins (
    id         varchar(255)                not null primary key,
    username   varchar(32)                 not null references users (username),
    token_id   varchar(36)                 not null,
    expires_at timestamp(6) with time zone not null
);

create index logins_username_idx on logins (username, expires_at);
