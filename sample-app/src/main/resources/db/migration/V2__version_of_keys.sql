alter table api_keys add column version bigint default 0 not null;
