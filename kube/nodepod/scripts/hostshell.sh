command -v bash >/dev/null && exec bash -l
exec sh -l
