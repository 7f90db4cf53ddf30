echo 'Practice: processes of this machine in a scratch folder, not a cluster.' >&2
practice_root=ROOT
