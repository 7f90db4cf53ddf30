package presets

// With is the preset with words as the arguments of its command.
func (p Preset) With(words []string) (Preset, error) {
	p.Command = append(append([]string(nil), p.Command...), words...)
	return p, nil
}
