const NOTES_HZ = [880, 660]
const NOTE_S = 0.16
const VOLUME = 0.12

/** Two short notes, made on the spot: no file has to be loaded. */
export function playAlertSound(): void {
  const audio = new AudioContext()
  NOTES_HZ.forEach((frequency, index) => {
    const start = audio.currentTime + index * NOTE_S
    const tone = new OscillatorNode(audio, { frequency, type: 'sine' })
    const gain = new GainNode(audio, { gain: 0 })
    // Faded in and out: a tone that is cut clicks.
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.02)
    gain.gain.linearRampToValueAtTime(0, start + NOTE_S)
    tone.connect(gain).connect(audio.destination)
    tone.start(start)
    tone.stop(start + NOTE_S)
    if (index === NOTES_HZ.length - 1) tone.onended = () => void audio.close()
  })
}
