import { Slider as BaseSlider } from '@base-ui/react/slider';
import { cn } from '@/shared/lib/cn';

interface SliderProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step: number;
  disabled?: boolean;
  className?: string;
}

export function Slider({ label, value, onChange, min, max, step, disabled, className }: SliderProps) {
  return (
    <BaseSlider.Root
      className={cn('data-disabled:opacity-50', className)}
      disabled={disabled}
      max={max}
      min={min}
      onValueChange={onChange}
      step={step}
      value={value}
    >
      <BaseSlider.Control className="flex h-8 w-full touch-none select-none items-center pointer-coarse:h-11">
        <BaseSlider.Track className="h-1.5 w-full rounded-full bg-muted">
          <BaseSlider.Indicator className="rounded-full bg-primary" />
          <BaseSlider.Thumb
            aria-label={label}
            className="size-4 rounded-full border-2 border-primary bg-background has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2 pointer-coarse:size-6"
          />
        </BaseSlider.Track>
      </BaseSlider.Control>
    </BaseSlider.Root>
  );
}
